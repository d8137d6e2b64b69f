package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.report.TradeOff;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.gguf.GgufWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ExportCommandTest {

    private static final RopeGeometry GEOMETRY = new RopeGeometry(4, 10_000, 256);

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final StringWriter out = new StringWriter();

    @TempDir
    private Path directory;
    private Path model;
    private Path table;

    @BeforeEach
    void writeModelAndTable() throws IOException {
        model = directory.resolve("small.gguf");
        new GgufWriter().set("general.architecture", "llama").set("llama.context_length", 256).set("llama.embedding_length", 8)
                .set("llama.attention.head_count", 2).set("llama.rope.dimension_count", 4).set("llama.rope.freq_base", 10_000f)
                .write(model);
        table = directory.resolve("factors.json");
        new JsonFormat().write(new FactorTable("model", GEOMETRY, List.of(entry(512, 1, 2), entry(2048, 1.21, 8)), List.of()), table);
    }

    private static TableEntry entry(int length, double... factors) {
        return TableEntry.of(length, Measured.of(new Candidate(RescaleFactors.of(factors), 0, 1.1), 5));
    }

    @Test
    void aModelfileNamesTheGgufFileThatWasPatched() {
        assertThat(export("--to", "ollama", "--model", model.toString())).as(errors()).isZero();
        assertThat(directory.resolve("exported/small.gguf")).exists();
        assertThat(directory.resolve("exported/Modelfile")).content().isEqualTo("FROM ./small.gguf\nPARAMETER num_ctx 2048\n");
    }

    @Test
    void tableFormsNeedNothingOfAModel() {
        assertThat(export("--to", "json", "--model", model.toString())).as(errors()).isZero();
        assertThat(directory.resolve("exported/factors.json")).exists();
        assertThat(directory.resolve("exported/config.json")).doesNotExist();
    }

    @Test
    void aWindowGetsItsTableAndIsToldWhatItCostsAtShorterLengths() throws IOException {
        var run = Files.createDirectories(directory.resolve("run/tables")).getParent();
        Files.move(table, run.resolve("tables/factors.json"));
        table = run;
        Files.writeString(run.resolve(TradeOff.FILE), """
                {"schema": 1, "window": 256, "columns": ["crop", "its own table", "table for 512", "table for 2048"], "rows": [
                {"length": 256, "perplexity": {"crop": 4, "its own table": 4, "table for 512": 4.1, "table for 2048": 5}},
                {"length": 512, "perplexity": {"crop": 4, "its own table": 3.5, "table for 512": 3.5, "table for 2048": 4.2}},
                {"length": 2048, "perplexity": {"crop": 4, "its own table": 3, "table for 512": null, "table for 2048": 3}}]}
                """);

        assertThat(export("--to", "json", "--for-length", "512")).as(errors()).isZero();
        assertThat(exported().longest()).isEqualTo(entry(512, 1, 2));
        assertThat(errors()).contains("the table for 512 at 256: perplexity 4.100, where the one made for that length has 4.000 (+2.5 %)")
                .doesNotContain("2048");

        err.reset();
        assertThat(export("--to", "json", "--for-length", "1k")).as(errors()).isZero();
        assertThat(exported().longest().length()).isEqualTo(1024);
        assertThat(exported().longest().best().candidate().factors().get(1)).isCloseTo(4, within(1e-9));
        assertThat(errors()).contains("the table for 2048 at 512: perplexity 4.200, where the one made for that length has 3.500 (+20.0 %)")
                .doesNotContain("at 2048");

        err.reset();
        assertThat(export("--to", "json", "--for-length", "4k")).isEqualTo(2);
        assertThat(errors()).contains("must be at most 2048");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "csv", "gguf", "ollama"})
    void anExportedDirectoryIsOpenedAsWhatItHolds(String format) {
        assertThat(export("--to", format, "--model", model.toString())).as(errors()).isZero();
        assertThat(run("tables", "show", directory.resolve("exported").toString(), "--csv-rotary-dim", "4",
                "--csv-original-length", "256", "--csv-attention", "1.1")).as(errors()).isZero();
        assertThat(out.toString()).contains("2048 tokens (8x), n̂ 0, attention factor 1.100000");
    }

    @Test
    void theModelsOwnDirectoryIsNeverWrittenTo() throws IOException {
        var own = Files.createDirectories(directory.resolve("exported"));
        var config = Files.writeString(own.resolve("config.json"), "{\"model_type\": \"llama\"}");
        assertThat(export("--to", "hf", "--model", own.toString())).isEqualTo(2);
        assertThat(errors()).contains("--output must not be the model's own directory");
        assertThat(config).hasContent("{\"model_type\": \"llama\"}");
    }

    private FactorTable exported() throws IOException {
        return new JsonFormat().read(directory.resolve("exported/factors.json"));
    }

    private int export(String... options) {
        var arguments = new ArrayList<>(List.of("export", table.toString(), "--output", directory.resolve("exported").toString()));
        arguments.addAll(Arrays.asList(options));
        return run(arguments.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
