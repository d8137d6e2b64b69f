package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Commands as a user gives them, with a real broker, a real (tiny) model and real training. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndToEndTest {

    private static final String PLAN = """
            schema: 1
            name: tiny
            model: tiny
            data: {training: training.txt, evaluation: held-out.txt, samples: {search: 1, selection: 2, report: 2}}
            search: {algorithm: longrope, population: 6, generations: 1, mutations: 2, crossovers: 2, parents: 3, finalists: 2}
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
        assertThat(run("pretrain", "--text", path("data/training.txt"), "--output", path("models/tiny"), "--steps", "3", "--batch", "2",
                "--micro-batch", "1",
                "--layers", "2", "--width", "32", "--inner-width", "64", "--heads", "2", "--key-heads", "1", "--window", "32",
                "--retrieval-share", "0.3")).as(errors()).isZero();
        assertThat(run("pretrain", "--text", path("data/training.txt"), "--output", path("models/tiny"))).isEqualTo(2);
        assertThat(errors()).contains("--output must not exist");
        assertThat(run("pretrain", "--text", path("data/training.txt"), "--from", path("models/tiny"), "--output", path("models/on"),
                "--steps", "1", "--batch", "1", "--micro-batch", "1", "--learning-rate", "1e-9")).as(errors()).isZero();
        var tiny = Checkpoint.open(directory.resolve("models/tiny"));
        var on = Checkpoint.open(directory.resolve("models/on"));
        assertThat(on.config()).isEqualTo(tiny.config());
        var name = "model.layers.0.mlp.up_proj.weight";
        assertThat(on.tensor(name).toFloats()).containsExactly(tiny.tensor(name).toFloats(), within(1e-6f));
        assertThat(run("pretrain", "--text", path("data/training.txt"), "--from", path("models/tiny"), "--layers", "3", "--output",
                path("models/other"))).isEqualTo(2);
        assertThat(errors()).contains("--layers must be left out with --from, whose model has its own");
    }

    @Test
    @Order(2)
    void runTakesAJobToItsReportThroughKafkaAndAgainChangesNothing() throws IOException {
        assertThat(runJob("run", "2")).as(errors()).isZero();
        assertThat(out.toString()).contains("LongRoPE tuned", "held-out text");
        assertThat(errors()).contains("search-64-base · generation 0 ·", "fine-tune-64 · step 2/2", "search-128 · chosen:",
                "recovery 32 · generation 1 ·");
        assertThat(errors().lines().filter(line -> line.contains("to beat:"))
                .map(line -> line.replaceFirst(" · .*", "").replaceFirst(".* ", "") + line.contains("crop")))
                .as("within the window crop is the model as it is")
                .containsExactly("search-64-basetrue", "search-128true", "32false");
        var results = results("run");
        assertThat(results.keySet()).contains("report.md", "report.json", "gain.json", "positions.csv", "tables/factors.json",
                "model/config.json", "plan.yaml");
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
        assertThat(out.toString()).startsWith("length,RoPE,PI,NTK,dynamic NTK,YaRN,crop,LongRoPE");
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
    void theReportIsOnePageWithEveryPictureInIt() throws Exception {
        assertThat(run("report", path("three"))).as(errors()).isZero();
        assertThat(run("report", "three", "--runs", directory.toString())).as(errors()).isZero();
        var page = directory.resolve("three/report.html");
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(page.toFile());
        assertThat(texts(document, "h2")).containsExactly("Perplexity by length and method", "What the longer window is worth",
                "One table for all lengths", "Stages", "Rescale factors", "Search progress",
                "What the searches tried, and which pairs matter", "Workers", "Plan", "Environment");
        assertThat(texts(document, "td"))
                .contains("search-64-base", "fine-tune-64", "all generations done");
        assertThat(texts(document, "td")).anyMatch(text -> text.startsWith("worker-1-")).anyMatch(text -> text.startsWith("worker-3-"));
        assertThat(texts(document, "p")).anyMatch(text -> text.contains("all stages done"));
        assertThat(texts(document, "pre")).singleElement().asString().contains("name: \"tiny\"");
        assertThat(Files.readString(page)).doesNotContain("<script", "http:", "https:", "<link");
        var images = document.getElementsByTagName("img");
        // of two tables, the lengths, gains and positions, one table for all lengths, three searches and their candidates, the fine-tune,
        // the workers; importance takes more candidates
        assertThat(images.getLength()).isEqualTo(14);
        try (var charts = Files.list(directory.resolve("three/charts"))) {
            assertThat(charts.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("factors.png", "factors-before-fine-tuning.png", "gain-by-length.png",
                    "loss-by-position.png", "one-table-for-all-lengths.png", "perplexity-by-length.png", "search-search-64-base-64.png",
                    "search-search-128-128.png", "search-recovery-32.png", "candidates-search-64-base-64.png",
                    "candidates-search-128-128.png", "candidates-recovery-32.png", "training-fine-tune-64.png", "workers.png");
        }
        for (int i = 0; i < images.getLength(); i++) {
            var image = (Element) images.item(i);
            var source = image.getAttribute("src");
            assertThat(source).startsWith("data:image/png;base64,");
            var decoded = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(source.substring(source.indexOf(',') + 1))));
            assertThat(decoded.getWidth()).isEqualTo(2 * Integer.parseInt(image.getAttribute("width")));
            assertThat(decoded.getHeight()).isEqualTo(2 * Integer.parseInt(image.getAttribute("height")));
        }
    }

    @Test
    @Order(6)
    void aTableIsDrawn() throws IOException {
        var png = directory.resolve("factors.png");
        assertThat(run("tables", "show", path("run"), "--png", png.toString())).as(errors()).isZero();
        var drawn = ImageIO.read(png.toFile());
        // a row of two charts of 560 × 360 for each of three lengths, at twice the resolution
        assertThat(drawn.getWidth()).isEqualTo(2 * 2 * 560);
        assertThat(drawn.getHeight()).isEqualTo(2 * 3 * 360);
    }

    @Test
    @Order(7)
    void anotherPlanInTheSameDirectoryIsRefused() {
        assertThat(run("run", path("tiny.yaml"), "--models", path("models"), "--data", path("data"), "--run-dir", path("run"), "--set",
                "seed=5")).isEqualTo(2);
        assertThat(errors().lines()).singleElement().asString().contains("must belong to this plan");
    }

    private static List<String> texts(Document document, String tag) {
        var nodes = document.getElementsByTagName(tag);
        return IntStream.range(0, nodes.getLength()).mapToObj(i -> nodes.item(i).getTextContent()).toList();
    }

    private int runJob(String runDirectory, String workers) {
        return run("run", path("tiny.yaml"), "--models", path("models"), "--data", path("data"), "--run-dir", path(runDirectory),
                "--workers", workers);
    }

    private int run(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }

    /** Everything a run left but what depends on time and workers, and the broker's files. */
    private static Map<String, String> results(String run) throws IOException {
        var results = new TreeMap<String, String>();
        try (var files = Files.walk(directory.resolve(run))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = directory.resolve(run).relativize(file).toString();
                // who scored what, and when, is told there
                boolean timed = List.of("log", "history.jsonl", "environment.json", "report.html").contains(name)
                        || name.startsWith("charts/");
                if (!timed && !name.startsWith("broker/")) {
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
