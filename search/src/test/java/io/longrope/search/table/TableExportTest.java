package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TableExportTest {

    private static final FactorTable TABLE = new FactorTable("model", new RopeGeometry(8, 10_000, 256), List.of(
            TableEntry.of(512, Measured.unmeasured(new Candidate(RescaleFactors.of(1, 1, 1.5, 2), 0, 1.1))),
            TableEntry.of(2048, Measured.unmeasured(new Candidate(RescaleFactors.of(1, 2, 4, 8), 0, 1.2)))), List.of());

    @TempDir
    Path directory;

    @Test
    void everyNameWritesAFileThatReadsBack() throws Exception {
        var gguf = Path.of(TableExportTest.class.getResource("gguf/llama.gguf").toURI());
        for (var name : TableExport.names()) {
            var target = directory.resolve(name);
            var notes = TableExport.write(name, TABLE, name.equals("gguf") ? Optional.of(gguf) : Optional.empty(), target);
            assertThat(notes.isEmpty()).as(name).isEqualTo(name.equals("json"));
            for (var file : target.toFile().listFiles()) {
                var length = file.getName().equals("512.csv") ? 512 : 2048;
                var csv = new CsvFormat("model", TABLE.geometry(), length, AttentionTemperature.none());
                assertThat(TableFiles.read(file.toPath(), Optional.of(csv)).forLength(length).factors()).as("%s", file)
                        .isEqualTo(TABLE.forLength(length).factors());
            }
        }
        assertThat(directory.resolve("csv").toFile().list()).containsExactlyInAnyOrder("512.csv", "2048.csv");
        assertThat(directory.resolve("vllm").toFile().list()).containsExactly("rope.json");
    }

    @Test
    void aModelsConfigKeepsItsOtherKeys() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"head_dim\": 8, \"vocab_size\": 7}");
        TableExport.write("hf", TABLE, Optional.of(directory), directory.resolve("out"));
        assertThat(directory.resolve("out/config.json")).content().contains("\"vocab_size\" : 7", "\"long_factor\"");
    }

    @Test
    void whatCannotBeDoneIsSaid() throws IOException {
        assertThatThrownBy(() -> TableExport.write("vlm", TABLE, Optional.empty(), directory)).isInstanceOf(BadInput.class)
                .hasMessage("format must be known, but was vlm; did you mean 'vllm'?");
        assertThatThrownBy(() -> TableExport.write("gguf", TABLE, Optional.empty(), directory)).isInstanceOf(BadInput.class)
                .hasMessageContaining("convert_hf_to_gguf.py");
        var model = Files.writeString(directory.resolve("model.gguf"), "GGUF");
        assertThatThrownBy(() -> TableExport.write("gguf", TABLE, Optional.of(model), directory)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must not be the model's own");
        assertThat(model).hasContent("GGUF");
        assertThatThrownBy(() -> TableExport.write("hf", TABLE, Optional.of(directory), directory.resolve("out")))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json must be a file, but was missing");
    }
}
