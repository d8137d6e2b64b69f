package io.longrope.evaluator.decoder.internal;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The script on GPUs that need not exist: what {@code trace_gpu.py} says of it. */
@Tag("trace")
class TraceTest {

    private static final Path HOME = Path.of(System.getProperty("longrope.home"));
    private static final Path RESOURCES = HOME.resolve("evaluator/src/test/resources/io/longrope/evaluator/trace");

    @TempDir
    private Path directory;

    @Test
    void everyOperationOfAGpuExistsAndTakesTheMemoryThatIsPlanned() throws IOException, InterruptedException {
        run("cases.json");
    }

    @Test
    void whatIsBrokenInTheScriptIsFound() throws IOException, InterruptedException {
        run("cases.json", "--self-test");
    }

    /** The GPU's branches around its fused calls, on the CPU. */
    @Test
    void aGpusWayRoundItsFusedCallsComputesWhatTheCpuComputes() throws IOException, InterruptedException {
        run("arithmetic.json", "--real", "cpu");
    }

    private void run(String cases, String... options) throws IOException, InterruptedException {
        var prepared = directory.resolve(cases);
        TraceCases.write(RESOURCES.resolve(cases), prepared);
        var words = new ArrayList<>(List.of(System.getProperty("trace.python"),
                HOME.resolve("evaluator/src/test/scripts/trace/trace_gpu.py").toString(), prepared.toString()));
        words.addAll(Arrays.asList(options));
        var process = new ProcessBuilder(words).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes());
        System.out.print(output);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
