package io.longrope.progressive.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.decoder.Attentions;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.search.json.Json;
import io.longrope.search.rope.RopeScalings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

/** On the shipped model, and on models trained for a step. */
class CompareCommandTest {

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @BeforeEach
    void writeText() throws IOException {
        SourceText.write(directory, 400);
    }

    @Test
    void everyMethodIsMeasuredWhereNoneIsNamed() throws IOException {
        var table = json(List.of("--lengths", "512", "--samples", "1"));

        var all = Stream.of(List.of("crop"), RopeScalings.names(), Attentions.names()).flatMap(List::stream).toArray(String[]::new);
        assertThat(table.path("columns")).extracting(JsonNode::textValue).containsExactly(all);
        assertThat(table.path("rows").get(0).path("perplexity")).allMatch(figure -> figure.isDouble() && figure.doubleValue() > 1);
    }

    /** The model falls apart beyond its window of 256, and these methods are made against that. */
    @Test
    void attentionMethodsHoldBeyondTheWindow() throws IOException {
        var figures = json(List.of("--lengths", "1024", "--samples", "2", "--methods", "original,window,rerope:window=64,log-n=1,sinks"))
                .path("rows").get(0).path("perplexity");

        for (var method : List.of("window", "rerope:window=64,log-n=1", "sinks")) {
            assertThat(figures.path(method).doubleValue()).as(method).isLessThan(0.5 * figures.path("original").doubleValue());
        }
    }

    /** Both see some 256 bytes; window attention passes on what earlier tokens saw, crop reads afresh. */
    @Test
    void cropIsNearToAWindow() throws IOException {
        var row = json(List.of("--lengths", "256,1024", "--samples", "2", "--methods", "original,crop,window"));
        var within = row.path("rows").get(0).path("perplexity");
        var beyond = row.path("rows").get(1);

        assertThat(within.path("crop").doubleValue()).isEqualTo(within.path("original").doubleValue());
        assertThat(beyond.path("perplexity").path("crop").doubleValue())
                .isLessThan(0.5 * beyond.path("perplexity").path("original").doubleValue())
                .isNotEqualTo(beyond.path("perplexity").path("window").doubleValue())
                .isCloseTo(beyond.path("perplexity").path("window").doubleValue(), withinPercentage(15));
        assertThat(beyond.path("protocol").textValue()).contains("; crop: windows of 256 tokens that move by 64");
    }

    @Test
    void gainIsOverTheCropOfTheFirstModel() throws IOException {
        var table = json(List.of("--metric", "gain", "--lengths", "512", "--samples", "3", "--methods", "original,crop,yarn", "--with",
                "same=" + shipped()));
        var row = table.path("rows").get(0);

        assertThat(row.path("gain").path("crop").doubleValue()).isZero();
        assertThat(row.path("standardError").path("crop").doubleValue()).isZero();
        assertThat(row.path("gain").path("original").doubleValue()).isNegative().isEqualTo(row.path("gain").path("same").doubleValue());
        assertThat(row.path("standardError").path("yarn").doubleValue()).isPositive();
        assertThat(row.path("protocol").textValue()).contains("positions from 256 on", "; crop: windows of 256");
    }

    @Test
    void modelsTrainedOtherwiseStandBeside() throws IOException {
        var arguments = new ArrayList<>(List.of("--lengths", "64,128", "--samples", "1", "--methods", "original"));
        for (var name : List.of("rope", "alibi", "xpos", "hwfa", "hwfa-rerope")) {
            var model = directory.resolve(name);
            assertThat(execute(List.of("pretrain", "--text", directory.resolve("text.java").toString(), "--architecture", name, "--layers",
                    "2", "--width", "16",
                    "--inner-width", "16", "--heads", "2", "--key-heads", "1", "--window", "64", "--steps", "1", "--batch", "2",
                    "--micro-batch", "1", "--output",
                    model.toString()))).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
            arguments.addAll(List.of("--with", name + "-model=" + model));
        }
        var table = json(arguments);

        assertThat(table.path("columns")).extracting(JsonNode::textValue)
                .containsExactly("original", "rope-model", "alibi-model", "xpos-model", "hwfa-model", "hwfa-rerope-model");
        assertThat(table.path("models")).hasSize(5);
        // after one step hardly better than any byte of 258
        assertThat(table.path("rows")).allSatisfy(row -> assertThat(row.path("perplexity")).hasSize(6)
                .filteredOn(figure -> figure.doubleValue() > 200 && figure.doubleValue() < 258).hasSize(5));
    }

    @Test
    void theShippedModelsHaveLearnedAndGoOnAsTheirEncodingsDo() throws IOException {
        var models = shipped().resolveSibling("java-500k-rope");
        var arguments = new ArrayList<>(List.of("compare", models.toString(), "--data", directory.toString(), "--text", "text.java",
                "--methods", "original", "--lengths", "256,1k", "--samples", "2", "--format", "json"));
        for (var name : List.of("alibi", "xpos", "hwfa")) {
            arguments.addAll(List.of("--with", name + "-model=" + shipped().resolveSibling("java-500k-" + name)));
        }
        assertThat(execute(arguments)).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
        var rows = Json.mapper().readTree(out.toString()).path("rows");

        assertThat(rows.get(0).path("perplexity")).hasSize(4).allSatisfy(figure -> assertThat(figure.doubleValue()).isLessThan(6));
        var beyond = rows.get(1).path("perplexity");
        assertThat(beyond.path("alibi-model").doubleValue()).isLessThan(beyond.path("original").doubleValue() / 3);
        assertThat(beyond.path("hwfa-model").doubleValue()).isLessThan(beyond.path("original").doubleValue() / 3);
        assertThat(beyond.path("xpos-model").doubleValue()).isLessThan(beyond.path("original").doubleValue());
    }

    @Test
    void estimateWeighsTheCostliestMethod() throws IOException {
        assertThat(run(List.of("--estimate", "--lengths", "4k", "--methods", "original", "--format", "json"))).isZero();
        var plain = Json.mapper().readTree(out.toString()).path("rows").get(0);
        out.getBuffer().setLength(0);
        assertThat(run(List.of("--estimate", "--lengths", "4k", "--methods", "original,rerope", "--format", "json"))).isZero();
        var both = Json.mapper().readTree(out.toString()).path("rows").get(0);

        assertThat(both.path("keysAndValues").longValue()).isEqualTo(plain.path("keysAndValues").longValue() * 3 / 2);
    }

    @Test
    void whatCannotBeComparedIsOneLine() {
        assertThat(run(List.of("--methods", "original,reropee"))).isEqualTo(2);
        assertThat(run(List.of("--methods", "rerope:windw=3"))).isEqualTo(2);
        assertThat(run(List.of("--methods", "original", "--with", "original=" + shipped()))).isEqualTo(2);
        assertThat(run(List.of("--methods", "original", "--with", "other=nowhere"))).isEqualTo(2);
        assertThat(execute(List.of("pretrain", "--text", directory.toString(), "--output", directory.resolve("m").toString(),
                "--architecture", "alibbi"))).isEqualTo(2);
        var lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).isEqualTo("--method must be a known method, but was reropee; did you mean 'rerope'?");
        assertThat(lines.get(1)).contains("did you mean 'window'?");
        assertThat(lines.get(2)).isEqualTo("--with must have a name that is no method's, but was original");
        assertThat(lines.get(3)).contains("nowhere");
        assertThat(lines.get(4))
                .startsWith("--architecture must be one of [rope, alibi, xpos, hwfa, hwfa-rerope], but was alibbi; did you mean 'alibi'?");
    }

    private JsonNode json(List<String> options) throws IOException {
        out.getBuffer().setLength(0);
        var arguments = new ArrayList<>(options);
        arguments.addAll(List.of("--format", "json"));
        assertThat(run(arguments)).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
        return Json.mapper().readTree(out.toString());
    }

    private int run(List<String> options) {
        var arguments = new ArrayList<>(List.of("compare", shipped().toString(), "--data", directory.toString(), "--text", "text.java"));
        arguments.addAll(options);
        return execute(arguments);
    }

    private int execute(List<String> arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments.toArray(String[]::new));
    }

    private static Path shipped() {
        return Path.of(System.getProperty("longrope.home"), "evaluator/models/java-1m");
    }
}
