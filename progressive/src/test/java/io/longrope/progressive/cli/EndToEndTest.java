package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;

/** Commands as a user gives them, with a real broker, a real (tiny) model and real training. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndToEndTest {

    private static final String PLAN = """
            schema: 1
            name: tiny
            model: tiny
            data: {training: training.txt, evaluation: held-out.txt, samples: {search: 1, selection: 2, report: 2}}
            search: {population: 6, generations: 1, mutations: 2, crossovers: 2, parents: 3, finalists: 2}
            stages:
              - search: {length: 64, on: base}
              - fine-tune: {length: 64, steps: 2, batch: 2, micro-batch: 1, learning-rate: 1.0e-3, checkpoint-every: 1}
              - search: {length: 128, multipliers: true}
              - recovery: {lengths: [32]}
            """;

    @TempDir
    private static Path directory;

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void makeModelAndTexts() throws IOException {
        var data = Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(directory.resolve("models"));
        Files.writeString(data.resolve("training.txt"), text(1, 6_000));
        Files.writeString(data.resolve("held-out.txt"), text(2, 6_000));
        Files.writeString(directory.resolve("tiny.yaml"), PLAN);
    }

    @Test
    @Order(1)
    void pretrainMakesACheckpoint() {
        assertThat(run("pretrain", "--text", path("data/training.txt"), "--output", path("models/tiny"), "--steps", "3", "--batch", "2", "--micro-batch", "1",
                "--layers", "2", "--width", "32", "--inner-width", "64", "--heads", "2", "--key-heads", "1", "--window", "32")).as(errors()).isZero();
        assertThat(run("pretrain", "--text", path("data/training.txt"), "--output", path("models/tiny"))).isEqualTo(2);
        assertThat(errors()).contains("--output must not exist");
    }

    @Test
    @Order(2)
    void runTakesAJobToItsReportThroughKafkaAndAgainChangesNothing() throws IOException {
        assertThat(runJob("run", "2")).as(errors()).isZero();
        assertThat(out.toString()).contains("LongRoPE tuned", "held-out text");
        assertThat(errors()).contains("search-64-base · generation 0 ·", "fine-tune-64 · step 2/2", "search-128 · chosen:", "recovery 32 · generation 1 ·");
        var results = results("run");
        assertThat(results.keySet()).contains("report.md", "report.json", "tables/factors.json", "model/config.json", "plan.yaml");
        assertThat(runJob("run", "1")).as(errors()).isZero();
        assertThat(errors()).contains("already trained");
        assertThat(results("run")).isEqualTo(results);
    }

    @Test
    @Order(3)
    void threeWorkersInAFreshDirectoryGiveTheSameFiles() throws IOException {
        assertThat(runJob("three", "3")).as(errors()).isZero();
        assertThat(results("three")).isEqualTo(results("run"));
    }

    @Test
    @Order(4)
    void whatARunLeftCanBeLookedAtAndExported() {
        assertThat(run("report", path("run"), "--format", "csv")).isZero();
        assertThat(out.toString()).startsWith("length,RoPE,PI");
        assertThat(run("tables", "show", path("run"))).isZero();
        assertThat(out.toString()).contains("tiny: rotary dimension 16");
        assertThat(run("export", path("run"), "--format", "vllm", "--model", path("run/model"), "--output", path("exported"))).isZero();
        assertThat(directory.resolve("exported/config.json")).content().contains("long_mscale");
        assertThat(run("evaluate", path("run/model"), "--table", path("run"), "--method", "yarn", "--length", "128", "--samples", "1",
                "--text", "held-out.txt", "--data", path("data"), "--format", "json")).as(errors()).isZero();
        assertThat(out.toString()).contains("\"yarn\"");
    }

    @Test
    @Order(5)
    void anotherPlanInTheSameDirectoryIsRefused() {
        assertThat(run("run", path("tiny.yaml"), "--models", path("models"), "--data", path("data"), "--run-dir", path("run"), "--set", "seed=5")).isEqualTo(2);
        assertThat(errors().lines()).singleElement().asString().contains("must belong to this plan");
    }

    private int runJob(String runDirectory, String workers) {
        return run("run", path("tiny.yaml"), "--models", path("models"), "--data", path("data"), "--run-dir", path(runDirectory), "--workers", workers);
    }

    private int run(String... arguments) {
        return new Main.Console(new PrintWriter(out, true), new Terminal(err, 0)).execute(arguments);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }

    /** Everything a run left but its log and the broker's files. */
    private static Map<String, String> results(String run) throws IOException {
        var results = new TreeMap<String, String>();
        try (var files = Files.walk(directory.resolve(run))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = directory.resolve(run).relativize(file).toString();
                if (!name.equals("log") && !name.startsWith("broker/")) {
                    results.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return results;
    }

    /** Lines with some order in them for a model to find. */
    private static String text(int seed, int lines) {
        var text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            text.append("value ").append((long) i * seed * 7919 % 1000).append(" of ").append(i % 10).append('\n');
        }
        return text.toString();
    }
}
