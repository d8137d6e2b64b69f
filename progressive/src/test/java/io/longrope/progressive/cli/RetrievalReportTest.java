package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

/** A job that has things found again in prompts, on the shipped model. */
class RetrievalReportTest {

    private static final String PLAN = """
            schema: 1
            name: keys
            model: java-1m
            data: {evaluation: text.java, samples: {search: 1, selection: 1, report: 1}}
            search: {algorithm: random, max-evaluations: 2, finalists: 1}
            stages:
              - search: {length: 768}
            report: {lengths: [768], methods: [pi], retrieval: {kinds: [queries, passkey], methods: [ntk],
                                                            lengths: [512, 768], depths: [0, 1], trials: 1}}
            """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theReportShowsWhatWasFoundByLengthDepthAndMethodAndAnotherRunMakesItAnew() throws IOException {
        write("text.java", "    int sum(int a, int b) {\n        return a + b;\n    }\n\n".repeat(300));
        write("keys.yaml", PLAN);
        assertThat(run()).as(errors()).isZero();
        var file = directory.resolve("run/retrieval.csv");
        assertThat(Files.readAllLines(file)).hasSize(9).first().isEqualTo("kind,length,depth,NTK,crop,LongRoPE");
        assertThat(Files.readAllLines(file).subList(1, 9))
                .allMatch(line -> line.matches("(passkey|queries),(512|768),[01]\\.0(,[01]\\.\\d+){3}"));
        assertThat(directory.resolve("run/charts/retrieval-passkey.png")).isNotEmptyFile();
        assertThat(Files.readString(directory.resolve("run/report.html"))).contains("<h2>Found again</h2>");

        var measured = Files.readString(file);
        Files.delete(file);
        assertThat(run()).as(errors()).isZero();
        assertThat(file).as("known results make it anew").hasContent(measured);
    }

    @Test
    void aLengthWithoutRoomForTheQuestionIsKnownBeforeAnythingIsScored() throws IOException {
        write("text.java", "    return a + b;\n".repeat(1000));
        write("keys.yaml", PLAN.replace("[512, 768], depths", "[200], depths"));
        assertThat(run()).isEqualTo(2);
        assertThat(errors().lines().filter(line -> line.contains("report.retrieval.lengths must be at least "))).hasSize(1);
        assertThat(directory.resolve("run")).doesNotExist();
    }

    private int run() {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), "run", directory.resolve("keys.yaml").toString(),
                "--data", directory.toString(), "--run-dir", directory.resolve("run").toString(), "--workers", "1");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
