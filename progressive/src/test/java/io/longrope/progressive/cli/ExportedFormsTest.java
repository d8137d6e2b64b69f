package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.CheckpointFiles;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.plan.SearchStagePlan;
import io.longrope.progressive.report.RunLayout;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.json.Json;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.TableExport;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What export writes for the shipped model is opened again by evaluate, tables and plan, and is the same table. */
class ExportedFormsTest {

    private static final Path MODEL = Path.of(System.getProperty("longrope.home"), "evaluator/models/recall-1m");
    private static final RopeGeometry GEOMETRY = new RopeGeometry(32, 10_000, 256);
    private static final double ATTENTION = 1.0437;
    /** No number of these has an exact float32. */
    private static final Candidate LONG = candidate(pair -> 1 + pair * 0.0701);
    private static final Candidate SHORT = candidate(pair -> 1 + pair * 0.0013);

    @TempDir
    private Path directory;
    private Path table;
    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void writeTableAndText() throws IOException {
        table = directory.resolve("factors.json");
        new JsonFormat().write(new FactorTable("recall-1m", GEOMETRY, List.of(TableEntry.of(256, Measured.unmeasured(SHORT)),
                TableEntry.of(512, Measured.unmeasured(LONG))), List.of()), table);
        var text = new StringBuilder();
        IntStream.range(0, 200).forEach(i -> text.append("line ").append(i * 7919 % 1000).append(": the quick brown fox jumps\n"));
        Files.writeString(directory.resolve("text.txt"), text);
    }

    private static Candidate candidate(IntToDoubleFunction factor) {
        return new Candidate(RescaleFactors.of(IntStream.range(0, 16).mapToDouble(factor).toArray()), 0, ATTENTION);
    }

    /** How an exported form is opened, and how many of its digits come back. */
    private enum Opened {
        /** A model, whose config.json is in double precision. */
        AS_A_MODEL(0),
        /** A model, whose factors are kept in single precision. */
        AS_A_MODEL_OF_FLOATS(1e-5),
        /** A table, beside the model. */
        AS_A_TABLE(0);

        private final Percentage digits;

        Opened(double percentage) {
            digits = Percentage.withPercentage(percentage);
        }

        static Opened of(String format) {
            return switch (format) {
                case "json", "csv" -> AS_A_TABLE;
                case "gguf", "ollama" -> AS_A_MODEL_OF_FLOATS;
                case "hf", "vllm", "sglang", "mlx" -> AS_A_MODEL;
                default -> throw new AssertionError("say how what --to " + format + " writes is opened");
            };
        }
    }

    static List<String> formats() {
        return TableExport.names();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatIsExportedIsOpenedAsTheSameTableWithTheSamePerplexity(String format) throws IOException {
        var opened = Opened.of(format);
        var exported = export(format, "--model", MODEL.toString(), "--gguf-type", "f32");
        sameTable(exported, opened);
        double expected = perplexity(MODEL.toString(), "--table", table.toString());
        double found = opened == Opened.AS_A_TABLE ? perplexity(with(csv(), MODEL.toString(), "--table", exported))
                : perplexity(exported);
        assertThat(found).isCloseTo(expected, opened.digits);
        assertThat(expected).isNotCloseTo(perplexity(MODEL.toString(), "--method", "original"), Percentage.withPercentage(0.1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf", "vllm", "sglang", "mlx", "ollama"})
    void theKeysAloneAreATableToo(String format) throws IOException {
        var exported = export(format);
        sameTable(exported, Opened.AS_A_TABLE);
        assertThat(perplexity(MODEL.toString(), "--table", exported)).isEqualTo(perplexity(MODEL.toString(), "--table", table.toString()));
    }

    private void sameTable(String exported, Opened opened) throws IOException {
        var imported = directory.resolve("imported.json");
        run(with(csv(), "tables", "import", exported, "--output", imported.toString()));
        same(new JsonFormat().read(imported).longest().best().candidate(), opened);

        var model = opened == Opened.AS_A_TABLE ? MODEL.toString() : exported;
        var plan = directory.resolve("plan.yaml");
        run(with(csv(), "plan", model, "--target", "1k", "--device", "cpu", "--table", exported, "--output", plan.toString()));
        var read = new PlanReader(PlanCheck.UNSEEN).read(plan, List.of());
        var start = ((SearchStagePlan) read.stages().get(0)).search().start().orElseThrow();
        var last = start.tables().get(start.tables().size() - 1);
        assertThat(last.extensionRatio()).isEqualTo(2);
        same(last.candidate(), opened);
    }

    private static void same(Candidate found, Opened opened) {
        assertThat(found.startTokens()).isZero();
        assertThat(found.attentionFactor()).isCloseTo(ATTENTION, opened.digits);
        for (int pair = 0; pair < GEOMETRY.pairs(); pair++) {
            assertThat(found.factors().get(pair)).isCloseTo(LONG.factors().get(pair), opened.digits);
        }
    }

    @Test
    void aModelDirectoryIsACopyThatHoldsNoOtherModel() throws IOException {
        var exported = Path.of(export("hf", "--model", MODEL.toString()));
        assertThat(exported.resolve("model.safetensors")).hasSameBinaryContentAs(MODEL.resolve("model.safetensors")).isRegularFile();
        assertThat(Files.isSymbolicLink(exported.resolve("model.safetensors"))).isFalse();
        assertThat(exported.resolve("tokenizer.json")).exists();
        export("vllm", "--model", MODEL.toString());
        assertThat(exported.resolve("config.json")).content().contains("long_mscale");

        Files.write(exported.resolve("model.safetensors"), new byte[] {1});
        assertThat(execute("export", table.toString(), "--to", "hf", "--model", MODEL.toString(), "--output", exported.toString()))
                .isEqualTo(2);
        assertThat(errors()).contains("must hold no weights but those of the model that is written there, but was model.safetensors");
        assertThat(exported.resolve("model.safetensors")).hasSize(1);
        assertThat(exported.resolve("config.json")).content().contains("long_mscale");
        try (var files = Files.list(exported)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
        }
    }

    @Test
    void weightsAreReferredToOrLeftOutWhereThatIsAsked() throws IOException {
        var exported = Path.of(export("hf", "--model", MODEL.toString(), "--weights", "refer"));
        assertThat(exported.resolve("model.safetensors")).isSymbolicLink();
        assertThat(exported.resolve(CheckpointFiles.REFERS_TO)).content()
                .contains(MODEL.resolve("model.safetensors").toRealPath().toString());
        assertThat(errors()).contains("The weights are links");
        export("hf", "--model", MODEL.toString(), "--weights", "copy");
        assertThat(Files.isSymbolicLink(exported.resolve("model.safetensors"))).isFalse();
        assertThat(exported.resolve(CheckpointFiles.REFERS_TO)).doesNotExist();

        var alone = directory.resolve("alone");
        run("export", table.toString(), "--to", "hf", "--model", MODEL.toString(), "--weights", "none", "--output", alone.toString());
        assertThat(alone.toFile().list()).containsExactly("config.json");
        assertThat(errors()).contains("config.json alone was written");
    }

    @ParameterizedTest
    @ValueSource(strings = {"export RUN --to hf --output OUT", "tables show RUN", "evaluate MODEL --table RUN"})
    void aRunThatHasNotFinishedSaysHowItGoesOn(String command) throws IOException {
        var run = Files.createDirectories(directory.resolve("unfinished"));
        Files.writeString(run.resolve(RunLayout.FILE), RunLayout.CURRENT);
        Files.writeString(run.resolve(RunLayout.PLAN), "name: unfinished\n");
        var stage = Files.createDirectories(run.resolve("tables/stages")).resolve("search-512.json");
        Files.copy(table, stage);
        var words = Arrays.stream(command.split(" ")).map(word -> word.replace("RUN", run.toString())
                .replace("OUT", directory.resolve("out").toString()).replace("MODEL", MODEL.toString())).toArray(String[]::new);
        assertThat(execute(words)).isEqualTo(2);
        assertThat(errors()).contains("must be of a run that has finished", stage.toString(), "run " + run.resolve(RunLayout.PLAN)
                + " --run-dir " + run + " goes on where it stopped").doesNotContain("config.json");
    }

    private static List<String> csv() {
        return List.of("--csv-model", MODEL.toString(), "--csv-attention", Double.toString(ATTENTION));
    }

    private static String[] with(List<String> more, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(more);
        return all.toArray(String[]::new);
    }

    private String export(String format, String... options) {
        var exported = directory.resolve("exported").toString();
        run(with(List.of(options), "export", table.toString(), "--to", format, "--output", exported));
        return exported;
    }

    private double perplexity(String... options) throws IOException {
        out.getBuffer().setLength(0);
        run(with(List.of(options), "evaluate", "--lengths", "512", "--samples", "1", "--text", "text.txt", "--data", directory.toString(),
                "--precision", "f32", "--workers", "1", "--cache", directory.resolve("cache").toString(), "--format", "json"));
        var cell = Json.mapper().readTree(out.toString()).path("rows").path(0).path("perplexity");
        assertThat(cell.size()).as(out.toString()).isEqualTo(1);
        return cell.elements().next().doubleValue();
    }

    private void run(String... arguments) {
        assertThat(execute(arguments)).as(() -> String.join(" ", arguments) + "\n" + errors()).isZero();
    }

    private int execute(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
