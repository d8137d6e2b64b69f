package io.longrope.evaluator.gguf;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.gguf.GgufWriter;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A GGUF file is read as the checkpoint it was made of. */
class GgufCheckpointTest {

    private static final Path MODEL = Path.of(System.getProperty("longrope.home"), "evaluator/models/java-1m");

    @TempDir
    private Path directory;

    @Test
    void configurationWeightsAndTokenizerAreThoseOfTheDirectory() throws IOException {
        var original = Checkpoint.open(MODEL);
        var file = directory.resolve("model.gguf");
        new GgufModelWriter(original, DataType.F32).write(file);
        var read = Checkpoint.open(file);
        assertThat(read.config()).isEqualTo(original.config());
        assertThat(read.precision()).isEqualTo(Precision.F32);
        assertThat(read.name()).isEqualTo("model");
        assertThat(read.names()).isEqualTo(original.names());
        for (var name : original.names()) {
            assertThat(read.tensor(name).shape()).isEqualTo(original.tensor(name).shape());
            assertThat(read.tensor(name).toFloats()).as(name).isEqualTo(original.tensor(name).toFloats());
        }
        // rows of one head in another order: a slice that ends within a head
        var query = "model.layers.0.self_attn.q_proj.weight";
        assertThat(read.tensor(query).rows(5, 9).toFloats()).isEqualTo(original.tensor(query).rows(5, 9).toFloats());
        var text = "int x = 12345;\n\t  // caf\u00e9 \u4e2d\u6587 \ud83d\ude00";
        try (var ours = read.tokenizer(); var theirs = original.tokenizer()) {
            assertThat(ours.encode(text)).isEqualTo(theirs.encode(text));
        }
        assertThat(read.startToken()).isEqualTo(original.startToken());
        assertThat(read.fingerprint()).isEqualTo(Checkpoint.open(file).fingerprint());
    }

    @Test
    void aPartOfAModelAndAnotherArchitectureAreRefusedByName() throws IOException {
        var part = directory.resolve("m-00001-of-00002.gguf");
        new GgufWriter().set("general.architecture", "llama").set("split.count", 2).write(part);
        assertThatThrownBy(() -> Checkpoint.open(part)).isInstanceOf(BadInput.class).hasMessageContaining("split.count")
                .hasMessageContaining("--merge");
        var other = directory.resolve("other.gguf");
        new GgufWriter().set("general.architecture", "mamba").write(other);
        assertThatThrownBy(() -> Checkpoint.open(other)).isInstanceOf(BadInput.class).hasMessageContaining("general.architecture")
                .hasMessageContaining("mamba");
    }
}
