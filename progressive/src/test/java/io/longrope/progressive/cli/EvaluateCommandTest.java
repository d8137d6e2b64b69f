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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** On the shipped model. */
class EvaluateCommandTest {

    private static final int PAIRS = 16;
    private static final List<String> METHODS = Stream.of(List.of("crop"), RopeScalings.names(), Attentions.names()).flatMap(List::stream)
            .toList();

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @BeforeEach
    void writeText() throws IOException {
        SourceText.write(directory, 400);
    }

    @Test
    void everyMethodRunsWithAndWithoutResonance() throws IOException {
        var arguments = new ArrayList<>(List.of("--lengths", "256,512", "--samples", "1", "--methods", String.join(",", METHODS)));

        var plain = json(arguments);
        arguments.add("--resonance");
        var rounded = json(arguments);

        assertThat(plain.path("columns")).hasSize(METHODS.size()).hasSameSizeAs(rounded.path("columns"));
        assertThat(plain.path("rows")).extracting(row -> row.path("length").intValue()).containsExactly(256, 512);
        for (var row : plain.path("rows")) {
            assertThat(row.path("perplexity")).as("%s", row).allMatch(figure -> figure.isDouble() && figure.doubleValue() > 1);
        }
        assertThat(figure(plain, 0, "original")).isEqualTo(figure(plain, 0, "pi"));
        assertThat(figure(rounded, 1, "yarn+resonance")).isNotEqualTo(figure(plain, 1, "yarn"));
    }

    @Test
    void slidingWindowScoresTheDocumentWithinTheWindow() throws IOException {
        var sliding = json(List.of("--metric", "sliding", "--length", "512", "--window", "256", "--stride", "64", "--method", "original",
                "--method", "yarn",
                "--samples", "2"));
        var whole = json(List.of("--length", "512", "--method", "original", "--samples", "2"));

        assertThat(sliding.path("rows").get(0).path("protocol").textValue())
                .startsWith("sliding window 256, stride 64, mean over tokens, start token before every window");
        assertThat(sliding.path("rows").get(0).path("window").intValue()).isEqualTo(256);
        assertThat(figure(sliding, 0, "yarn")).as("stretched to the window only").isEqualTo(figure(sliding, 0, "original"));
        assertThat(figure(sliding, 0, "original")).isLessThan(figure(whole, 0, "original"));
    }

    @Test
    void numbersAreLookedForAtEveryDepth() throws IOException {
        for (var metric : List.of("passkey", "lines")) {
            var found = json(List.of("--metric", metric, "--length", "512", "--method", "original", "--depths", "0,1", "--trials", "2"));
            assertThat(found.path("trials").intValue()).isEqualTo(2);
            assertThat(found.path("rows")).extracting(row -> row.path("depth").doubleValue()).containsExactly(0.0, 1.0);
            assertThat(found.path("rows"))
                    .allSatisfy(row -> assertThat(row.path("accuracy").path("original").doubleValue()).isBetween(0.0, 1.0));
        }
        var needle = json(List.of("--metric", "needle", "--length", "512", "--method", "original", "--depths", "0,0.5", "--samples", "1"));
        assertThat(needle.path("rows"))
                .allSatisfy(row -> assertThat(row.path("perplexity").path("original").doubleValue()).isGreaterThan(1));
        assertThat(figure(needle, 0, "original")).isNotEqualTo(figure(needle, 1, "original"));
    }

    @Test
    void severalNeedlesAreLookedFor() throws IOException {
        for (var metric : List.of("keys", "values", "queries", "variables")) {
            var found = json(List.of("--metric", metric, "--length", "1024", "--method", "crop", "--depths", "0.5", "--trials", "1",
                    "--needles", "3"));
            assertThat(found.path("rows")).hasSize(1).allSatisfy(row -> {
                assertThat(row.path("needles").intValue()).isEqualTo(3);
                assertThat(row.path("accuracy").path("crop").doubleValue()).isBetween(0.0, 1.0);
            });
        }
    }

    @Test
    void lossByPositionAddsUpToTheMeanLoss() throws IOException {
        var bins = json(List.of("--metric", "positions", "--length", "512", "--method", "crop", "--samples", "2"));
        var whole = json(List.of("--length", "512", "--method", "crop", "--samples", "2"));

        double sum = 0;
        int tokens = 0;
        for (var row : bins.path("rows")) {
            int width = row.path("to").intValue() - row.path("from").intValue();
            sum += width * row.path("loss").path("crop").doubleValue();
            tokens += width;
            assertThat(row.path("standardError").path("crop").doubleValue()).isNotNegative();
        }
        assertThat(tokens).isEqualTo(511);
        assertThat(Math.exp(sum / tokens)).isCloseTo(figure(whole, 0, "crop"), within(1e-6));
    }

    @Test
    void keyTokensAreFoundByAnEvaluatorThatIsNotJudged() throws IOException {
        var found = json(List.of("--metric", "longppl", "--length", "512", "--samples", "2", "--evaluator",
                shipped().resolveSibling("recall-1m").toString(), "--short-context", "64", "--methods", "original,yarn"));
        var row = found.path("rows").get(0);
        assertThat(row.path("key tokens").intValue()).isPositive();
        assertThat(row.path("protocol").textValue()).startsWith("whole samples in one pass, exp of the mean loss of all key tokens; "
                + "key tokens: those with a loss below 2 nats, more than 2 below that given a context of 64 tokens that moves by 16, by ")
                .contains("recall-1m with yarn");
        assertThat(figure(found, 0, "yarn")).isGreaterThan(1).isLessThan(figure(found, 0, "original"));

        var own = json(List.of("--metric", "longppl", "--length", "512", "--samples", "2", "--short-context", "64", "--methods",
                "ntk,yarn"));
        assertThat(own.path("columns")).extracting(JsonNode::textValue).as("yarn on the model itself chose the tokens")
                .containsExactly("ntk");
        assertThat(run(List.of("--metric", "longppl", "--length", "512", "--method", "yarn"))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--evaluator-method must not be the only method");
        assertThat(run(List.of("--metric", "longppl", "--length", "256", "--short-context", "256", "--method", "ntk", "--evaluator",
                shipped().resolveSibling("recall-1m").toString()))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("key tokens must be at least 1, but was 0");
    }

    @Test
    void gainNeedsMoreThanTheWindow() throws IOException {
        assertThat(run(List.of("--metric", "gain", "--length", "256", "--method", "original", "--samples", "1"))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("length must be more than the model's window, 256 tokens, to measure a gain, but was 256");
        assertThat(run(List.of("--metric", "gain", "--method", "original", "--samples", "2", "--format", "csv"))).isZero();
        var csv = out.toString().lines().toList();
        assertThat(csv.get(0)).isEqualTo("length,original,original standard error,metric,protocol");
        assertThat(csv.subList(1, csv.size())).extracting(line -> line.split(",")[0]).containsExactly("512", "1024");
    }

    @Test
    void factorsComeFromCsvPerLayerAndFromConfigJson() throws IOException {
        var csv = directory.resolve("factors.csv");
        Files.writeString(csv, row("2.0").repeat(4));
        var perLayer = directory.resolve("per-layer.csv");
        Files.writeString(perLayer, row("2.0").repeat(3) + row("2.5"));
        var config = Files.createDirectory(directory.resolve("stretched")).resolve("config.json");
        Files.writeString(config, Files.readString(shipped().resolve("config.json"))
                .replace("\"rope_type\" : \"default\"",
                "\"rope_type\" : \"longrope\", \"original_max_position_embeddings\" : 256, \"attention_factor\" : 1.0,"
                        + "\"short_factor\" : " + "[1" + ",1".repeat(PAIRS - 1) + "], \"long_factor\" : [2" + ",2".repeat(PAIRS - 1) + "]")
                .replace("\"max_position_embeddings\" : 256", "\"max_position_embeddings\" : 512"));

        var table = json(List.of("--length", "512", "--samples", "1", "--method", "pi", "--factors", csv.toString(), "--csv-model",
                shipped().toString(),
                "--csv-length", "512", "--csv-attention", "none", "--factors", perLayer.toString(), "--factors", config.toString()));

        assertThat(figure(table, 0, csv.toString())).isCloseTo(figure(table, 0, "pi"), within(1e-9));
        assertThat(figure(table, 0, perLayer.toString())).isNotCloseTo(figure(table, 0, "pi"), within(1e-6));
        assertThat(figure(table, 0, config.toString())).isCloseTo(figure(table, 0, "pi"), within(1e-9));
    }

    @Test
    void helpNamesEveryMethod() {
        assertThat(execute(List.of("evaluate", "--help"))).isZero();
        assertThat(out.toString().split("[\\s,.()]+")).contains(METHODS.toArray(String[]::new));
    }

    @Test
    void tableAndCsvShowTheSameFigures() {
        assertThat(run(List.of("--length", "256", "--samples", "1", "--method", "original"))).isZero();
        var table = out.toString().lines().toList();
        out.getBuffer().setLength(0);
        assertThat(run(List.of("--length", "256", "--samples", "1", "--method", "original", "--format", "csv"))).isZero();
        var csv = out.toString().lines().toList();

        assertThat(table.get(0).strip().split(" +")).containsExactly("length", "original");
        assertThat(csv.get(0)).isEqualTo("length,original,metric,protocol");
        assertThat(csv.get(1)).startsWith("256,")
                .endsWith("\"whole samples in one pass, exp of the mean over samples of their mean losses, after start token 256\"");
        assertThat(Double.parseDouble(table.get(1).strip().split(" +")[1]))
                .isCloseTo(Double.parseDouble(csv.get(1).split(",")[1]), within(1e-3));
    }

    @Test
    void sevenBillionParametersAtTwoMillionTokensFitOneDevice() throws IOException {
        var model = Files.createDirectory(directory.resolve("llama-2-7b"));
        Files.writeString(model.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
                 "num_attention_heads": 32, "num_key_value_heads": 32, "hidden_act": "silu",
                 "max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
                 "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": 2}
                """);
        var options = List.of("evaluate", model.toString(), "--estimate", "--lengths", "2048k", "--precision", "bf16");
        assertThat(execute(options)).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
        assertThat(out.toString()).contains("2048k", "12.6 GiB", "32.0 GiB", "80 GB");
        out.getBuffer().setLength(0);
        var json = new ArrayList<>(options);
        json.addAll(List.of("--format", "json"));
        assertThat(execute(json)).isZero();
        var row = Json.mapper().readTree(out.toString()).path("rows").get(0);
        assertThat(row.path("weights").longValue()).isEqualTo(2 * 6_738_415_616L);
        assertThat(row.path("keysAndValues").longValue()).isEqualTo(2L * 2 * 4096 * 2_097_152);
        assertThat(row.path("operations").doubleValue()).isCloseTo(1.15e18 + 0.028e18, within(0.01e18));
    }

    @Test
    void whatCannotFitIsRefusedInOneLine() {
        assertThat(run(List.of("--length", "2000000000", "--samples", "1"))).isEqualTo(2);
        assertThat(run(List.of("--metric", "passkey", "--length", "2000000000", "--workers", "100"))).isEqualTo(2);
        assertThat(run(List.of("--length", "512", "--memory-limit", "300MiB"))).isEqualTo(2);
        var lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(2))
                .matches("memory must hold an estimated 3.. MiB for scoring 512 tokens: process .*, but was 300 MiB; choose .*");
        assertThat(lines.get(0))
                .matches("memory must hold an estimated .* TiB for scoring 2000000000 tokens: .*, but was .*; choose a shorter length "
                + "or --precision bf16");
        assertThat(lines.get(1)).startsWith("memory must hold an estimated ");
    }

    @Test
    void aDeviceThatIsNotThereIsOneLine() {
        assertThat(run(List.of("--length", "256", "--device", "gpu:77"))).isEqualTo(2);
        assertThat(run(List.of("--length", "256", "--device", "tpu"))).isEqualTo(2);
        var lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith("--device must be a device PyTorch can use, but was gpu:77 (")
                .endsWith("longrope doctor --device gpu:77 tells what is missing");
        assertThat(lines.get(1)).isEqualTo("--device must be cpu, gpu or gpu:N, a GPU perhaps with /ATTENTION, one of cudnn, flash,"
                + " efficient, plain, but was tpu");
    }

    @Test
    void whatCannotBeMeasuredIsOneLine() {
        assertThat(run(List.of("--length", "4x"))).isEqualTo(2);
        assertThat(run(List.of("--metric", "passkey", "--length", "64"))).isEqualTo(2);
        assertThat(run(List.of("--metric", "passkey", "--length", "512", "--depths", "2"))).isEqualTo(2);
        assertThat(run(List.of("--metric", "sliding", "--length", "256", "--window", "512"))).isEqualTo(2);
        assertThat(run(List.of("--metric", "perplxity"))).isEqualTo(2);
        var lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.subList(0, 4)).containsExactly("--length must be a length in tokens, such as 1024 or 128k, but was 4x",
                lines.get(1), "--depths must be between 0 and 1, but was 2.0", "--window must be at most the length, 256, but was 512");
        assertThat(lines.get(1)).startsWith("length must have room for the passkey prompt");
    }

    private static String row(String factor) {
        return (factor + ",").repeat(PAIRS - 1) + factor + "\n";
    }

    private JsonNode json(List<String> options) throws IOException {
        out.getBuffer().setLength(0);
        var arguments = new ArrayList<>(options);
        arguments.addAll(List.of("--format", "json"));
        assertThat(run(arguments)).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
        return Json.mapper().readTree(out.toString());
    }

    private static double figure(JsonNode table, int row, String column) {
        return table.path("rows").get(row).path("perplexity").path(column).doubleValue();
    }

    private int run(List<String> options) {
        var arguments = new ArrayList<>(List.of("evaluate", shipped().toString(), "--data", directory.toString(), "--text", "text.java"));
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
