package io.longrope.progressive;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.gguf.GgufModelWriter;
import io.longrope.progressive.cli.Main;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.Engine;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.HuggingFaceFormat;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.gguf.GgufFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** What others make of exported files, asked of them: transformers, the gguf package, llama.cpp. Runs with {@code -Pinterop} only. */
@Tag("interop")
class InteropTest {

    private static final Path HOME = Path.of(System.getProperty("longrope.home"));
    private static final Path MODEL = HOME.resolve("evaluator/models/java-1m");
    private static final RopeGeometry GEOMETRY = new RopeGeometry(32, 10_000, 256);

    @TempDir
    private Path directory;
    private FactorTable table;

    @BeforeEach
    void makeTable() throws IOException {
        var recovery = new double[16];
        for (int i = 0; i < recovery.length; i++) {
            recovery[i] = 1 + i / 40.0;
        }
        double attention = AttentionTemperature.longrope().factor(GEOMETRY, 1024);
        var yarn = RopeScalings.named("yarn").factors(GEOMETRY, 1024);
        table = new FactorTable("java-1m", GEOMETRY, List.of(
                TableEntry.of(256, Measured.unmeasured(new Candidate(RescaleFactors.of(recovery), 0, attention))),
                TableEntry.of(1024, Measured.unmeasured(new Candidate(yarn, 0, attention)))), List.of("for the check"));
        new JsonFormat().write(table, directory.resolve("table.json"));
    }

    @Test
    void transformersMeasuresThePerplexityWeDoOnBothSidesOfTheSwitch() throws Exception {
        var model = Files.createDirectories(directory.resolve("model"));
        for (var name : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(MODEL.resolve(name), model.resolve(name));
        }
        new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(table, MODEL.resolve("config.json"), model.resolve("config.json"));
        python("progressive/src/test/scripts/check_exported_model.py", model, text(), 256, 257, 1024);
        python("search/src/test/scripts/check_huggingface.py", model.resolve("config.json"), directory.resolve("table.json"));
    }

    @ParameterizedTest
    @CsvSource({"F32, LONG_ONLY", "F32, SHORT_AND_LONG", "F16, LONG_ONLY", "BF16, LONG_ONLY"})
    void llamaCppMeasuresThePerplexityWeDoAndGgufReadsTheFile(DataType type, GgufFormat.LlamaTables tables) throws Exception {
        var plain = directory.resolve("plain.gguf");
        new GgufModelWriter(Checkpoint.open(MODEL), type).write(plain);
        var file = directory.resolve("java-1m-" + type.name().toLowerCase(Locale.ROOT) + ".gguf");
        new GgufFormat(plain, tables).write(table, file);
        python("search/src/test/scripts/check_gguf.py", plain, file);
        python("progressive/src/test/scripts/check_llama_cpp.py", file, MODEL, text(), 256, 512, 1024);
    }

    private Path text() {
        return HOME.resolve("README.md");
    }

    private void python(String script, Object... arguments) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of(System.getProperty("interop.python"), HOME.resolve(script).toString()));
        for (var argument : arguments) {
            words.add(argument.toString());
        }
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().putAll(Map.of("LONGROPE_COMMAND", String.join(" ", Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Dai.djl.offline=true", "-Dlongrope.home=" + HOME, "-cp", System.getProperty("java.class.path"), Main.class.getName())));
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes());
        System.out.print(output);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
