package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeConfiguration;
import io.longrope.search.rope.RopeGeometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CheckpointTest {

    private static final ModelConfig CONFIG = new ModelConfig("llama", 4, 8, 16, 1, 2, 1, 4, new RopeGeometry(4, 10_000, 256),
            Optional.empty(), 256, 1e-5, true, AttentionBias.NONE, OptionalInt.of(1), OptionalInt.of(2));

    @TempDir
    Path root;

    @Test
    void readsWhatItWrote() throws IOException {
        var directory = root.resolve("model");
        write(directory, CONFIG, DataType.F32, 1);

        var checkpoint = Checkpoint.open(directory);

        assertThat(checkpoint.config()).isEqualTo(CONFIG);
        assertThat(checkpoint.tensor("w", 2, 2).toFloats()).containsExactly(1, 2, 3, 4);
        assertThat(directory.resolve("note.txt")).hasContent("hello");
        assertThatThrownBy(() -> checkpoint.tensor("w", 4)).isInstanceOf(BadInput.class)
                .hasMessage(directory.resolve("model.safetensors")
                        + " must have tensor w of shape [4] as config.json says, but was [2, 2]");
        assertThatThrownBy(() -> checkpoint.tensor("v")).isInstanceOf(BadInput.class).hasMessageContaining("must have tensor v");
    }

    @Test
    void replacesADirectoryAsAWhole() throws IOException {
        var directory = root.resolve("model");
        write(directory, CONFIG, DataType.F32, 1);
        Files.writeString(directory.resolve("stale"), "");

        write(directory, CONFIG, DataType.F32, 5);

        assertThat(Checkpoint.open(directory).tensor("w").toFloats()).startsWith(5);
        assertThat(directory.resolve("stale")).doesNotExist();
        try (var left = Files.list(root)) {
            assertThat(left).containsExactly(directory);
        }
    }

    @Test
    void fingerprintFollowsWeightsAndShapeButNotTheExtension() throws IOException {
        write(root.resolve("a"), CONFIG, DataType.F32, 1);
        write(root.resolve("extended"), CONFIG.withRope(Optional.of(new RopeConfiguration("linear", Map.of("factor", 4.0))), 1024),
                DataType.F32, 1);
        write(root.resolve("weights"), CONFIG, DataType.F32, 1.5f);
        write(root.resolve("format"), CONFIG, DataType.BF16, 1);

        var fingerprint = Checkpoint.open(root.resolve("a")).fingerprint();

        assertThat(fingerprint).matches("[0-9a-f]{64}").isEqualTo(Checkpoint.open(root.resolve("extended")).fingerprint());
        assertThat(Checkpoint.open(root.resolve("weights")).fingerprint()).isNotEqualTo(fingerprint);
        assertThat(Checkpoint.open(root.resolve("format")).fingerprint()).isNotEqualTo(fingerprint);
    }

    @Test
    void aDirectoryWithOneGgufFileIsThatModel() throws IOException {
        var directory = Files.createDirectory(root.resolve("exported"));
        var file = directory.resolve("m.gguf");
        try (var model = CheckpointTest.class.getResourceAsStream("/io/longrope/evaluator/gguf/llama-yarn.gguf")) {
            Files.copy(model, file);
        }
        Files.writeString(directory.resolve("Modelfile"), "FROM ./m.gguf");

        assertThat(Checkpoint.open(directory).fingerprint()).isEqualTo(Checkpoint.open(file).fingerprint());
        assertThat(Checkpoint.config(directory)).isEqualTo(Checkpoint.config(file));

        Files.copy(file, directory.resolve("another.gguf"));
        assertThatThrownBy(() -> Checkpoint.open(directory)).isInstanceOf(BadInput.class)
                .hasMessageContaining("config.json must be a file");
    }

    @Test
    void tensorsThatTheModelHasNotAreTold() throws IOException {
        write(root.resolve("model"), CONFIG, DataType.F32, 1);
        var checkpoint = Checkpoint.open(root.resolve("model"));
        var weights = Safetensors.ofDirectory(root.resolve("model"));
        assertThat(new WeightsAgainstConfig(checkpoint.config(), weights).notes())
                .containsExactly("the file has 1 tensor that " + CONFIG.modelType()
                        + " has not, such as w: as in transformers it is not used");
    }

    /** As it comes with checkpoints of Qwen 2 that were renamed from Llama's with biases. */
    @Test
    void aBiasOfTheOutputProjectionThatTheFamilyHasNotIsTold() throws IOException {
        var directory = Files.createDirectories(root.resolve("qwen"));
        Files.writeString(directory.resolve("config.json"), """
                {"model_type": "qwen2", "vocab_size": 97, "hidden_size": 32, "intermediate_size": 56, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64, "tie_word_embeddings": false}""");
        SafetensorsWriter.write(directory.resolve("model.safetensors"), DataType.F32, List.of(new SafetensorsWriter.Source(
                "model.layers.0.self_attn.o_proj.bias", new long[] {2}, () -> new float[] {1, 2})));
        assertThat(new WeightsAgainstConfig(ModelConfig.read(directory.resolve("config.json")), Safetensors.ofDirectory(directory)).notes())
                .containsExactly("the file has biases of its output projection, but qwen2 has none: as in transformers they are not used");
    }

    @Test
    void aFormatThatIsNotReadIsNamed() throws IOException {
        var directory = root.resolve("model");
        write(directory, CONFIG, DataType.F32, 1);
        var file = directory.resolve("model.safetensors");
        var bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        Files.write(file, bytes.replace("\"F32\"", "\"I32\"").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Checkpoint.precision(directory)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must have tensor w as F32, F16, BF16 or F64, but was I32");
    }

    @Test
    void refusesWhatIsNoCheckpoint() throws IOException {
        var file = Files.writeString(root.resolve("file"), "");

        assertThatThrownBy(() -> Checkpoint.open(root.resolve("none"))).isInstanceOf(BadInput.class).hasMessageContaining("missing");
        assertThatThrownBy(() -> Checkpoint.open(file)).isInstanceOf(BadInput.class).hasMessageContaining("a file");
        assertThatThrownBy(() -> Checkpoint.open(root)).isInstanceOf(BadInput.class).hasMessageContaining("config.json");
    }

    private static void write(Path directory, ModelConfig config, DataType type, float first) throws IOException {
        CheckpointWriter.write(directory, config, type,
                List.of(new SafetensorsWriter.Source("w", new long[] {2, 2}, () -> new float[] {first, 2, 3, 4})),
                Map.of("note.txt", "hello"));
    }
}
