package io.longrope.evaluator.gguf;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.gguf.GgufWriter;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
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

    /** llama.cpp reads these whatever the type of scaling is: none of them may be passed over. */
    @ParameterizedTest
    @CsvSource({"linear, yarn_ext_factor, 1", "linear, yarn_attn_factor, 1.2", "yarn, yarn_ext_factor, 0",
        "none, yarn_log_multiplier, 0.1"})
    void settingsThatTurnOtherwiseAreRefusedByName(String type, String key, float value) throws IOException {
        var file = directory.resolve("scaled.gguf");
        llama(type).write(file);
        assertThat(Checkpoint.config(file).rope().originalLength()).isEqualTo(256);
        // below 0 it is the type's own
        llama(type).set("llama.rope.scaling.yarn_ext_factor", -1f).write(file);
        assertThat(Checkpoint.config(file).rope().originalLength()).isEqualTo(256);
        llama(type).set("llama.rope.scaling." + key, value).write(file);
        assertThatThrownBy(() -> Checkpoint.config(file)).isInstanceOf(BadInput.class)
                .hasMessageContaining("llama.rope.scaling." + key + " must be");
    }

    private static GgufWriter llama(String type) {
        return new GgufWriter().set("general.architecture", "llama").set("llama.context_length", 256).set("llama.embedding_length", 8)
                .set("llama.block_count", 1).set("llama.feed_forward_length", 16).set("llama.attention.head_count", 2)
                .set("llama.attention.layer_norm_rms_epsilon", 1e-5f).set("llama.vocab_size", 8).set("llama.rope.scaling.type", type)
                .set("llama.rope.scaling.factor", 2f).tensor("token_embd.weight", GgufWriter.Type.F32, new long[] {8, 8},
                sink -> sink.put(ByteBuffer.allocate(4 * 8 * 8).position(4 * 8 * 8)));
    }
}
