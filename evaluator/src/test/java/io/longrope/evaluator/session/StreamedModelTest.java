package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Attentions;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.TinyCheckpoint;
import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A model larger than the memory it may take: layers read one after the other give what all of them in memory give, to the bit. */
class StreamedModelTest {

    private static final int[] TOKENS = TinyCheckpoint.tokens(80, 3);
    private static final int LAYERS = 25;
    /** 24 KiB a layer: its weights, beside what a process takes anyway, are ten times what two layers and both ends take. */
    private static final ModelConfig MODEL = new ModelConfig("llama", ByteLevelTokenizer.VOCAB_SIZE, 128, 512, LAYERS, 4, 2, 32,
            new RopeGeometry(32, 10_000, 64), Optional.empty(), 64, 1e-5, true, AttentionBias.NONE,
            OptionalInt.of(ByteLevelTokenizer.BOS), OptionalInt.of(ByteLevelTokenizer.EOS));
    private static final Candidate CANDIDATE = Candidate.original(16);

    @TempDir
    Path directory;

    private static Arithmetic arithmetic(Precision precision) {
        return new Arithmetic(precision, 16, 1);
    }

    private static ModelSession session(Precision precision, Attention attention) {
        var use = new ModelUse.Scoring(TOKENS.length, attention);
        var layerByLayer = MemoryPlan.of(Device.CPU, MODEL, precision, 16, use.streamed().orElseThrow());
        return new ModelSession(Device.CPU, new ModelSession.Limits(2, OptionalLong.of(layerByLayer.total())));
    }

    @ParameterizedTest
    @CsvSource({"F32, original", "BF16, original", "F32, rerope:window=20", "F32, 'sinks:count=4,window=30'"})
    void layersReadOneAfterTheOtherGiveTheSameBits(Precision precision, String method) throws Exception {
        var path = TinyCheckpoint.write(directory.resolve("model"), MODEL, 1);
        var attention = method.equals("original") ? Attention.TRAINED : Attentions.named(method, MODEL.maxPositions());
        float[] expected;
        try (var whole = Decoder.load(Checkpoint.open(path), new DecoderOptions(precision, 16))) {
            expected = whole.losses(TOKENS, CANDIDATE, attention);
        }
        var use = new ModelUse.Scoring(TOKENS.length, attention);
        try (var session = session(precision, attention);
             var open = session.open(path, Optional.empty(), arithmetic(precision), use)) {
            assertThat(session.plan(MODEL, precision, 16, use).readsLayers()).isTrue();
            assertThat(open.losses(TOKENS, CANDIDATE, attention)).isEqualTo(expected);
            assertThat(open.losses(TOKENS, CANDIDATE, attention)).as("another pass").isEqualTo(expected);
        }
    }

    @Test
    void thePlanHoldsTwoLayersWhateverTheirNumber() {
        var use = new ModelUse.Scoring(TOKENS.length, Attention.TRAINED);
        var whole = MemoryPlan.of(Device.CPU, MODEL, Precision.F32, 16, use);
        var layerByLayer = MemoryPlan.of(Device.CPU, MODEL, Precision.F32, 16, use.streamed().orElseThrow());
        long ends = (ByteLevelTokenizer.VOCAB_SIZE + 1) * 128L;

        assertThat(layerByLayer.bytes(MemoryPlan.Part.WEIGHTS)).isEqualTo(4 * ends);
        assertThat(layerByLayer.bytes(MemoryPlan.Part.LAYERS_READ)).isEqualTo(4 * (MODEL.parameters() - ends) / LAYERS * 2);
        assertThat(whole.bytes(MemoryPlan.Part.WEIGHTS)).isGreaterThan(10 * (layerByLayer.bytes(MemoryPlan.Part.WEIGHTS)
                + layerByLayer.bytes(MemoryPlan.Part.LAYERS_READ)));
        assertThat(layerByLayer.describe()).contains("scoring 80 tokens with layers read one after the other", "layers read ");
        assertThat(MemoryPlan.within(whole.total(), Device.CPU, MODEL, Precision.F32, 16, use)).isEqualTo(whole);
        assertThat(MemoryPlan.within(whole.total() - 1, Device.CPU, MODEL, Precision.F32, 16, use)).isEqualTo(layerByLayer);
    }

    @Test
    void whatMustHaveAllLayersInMemoryIsRefused() throws Exception {
        var path = TinyCheckpoint.write(directory.resolve("model"), MODEL, 1);
        try (var session = session(Precision.F32, Attention.TRAINED)) {
            assertThatThrownBy(() -> session.open(path, Optional.empty(), arithmetic(Precision.F32),
                    new ModelUse.Generating(TOKENS.length, Attention.TRAINED))).isInstanceOf(BadInput.class)
                    .hasMessageContaining("memory must hold an estimated").hasMessageContaining("for generating");
        }
    }

    /** It is read where it is needed; the pass ends with what is wrong, and the next one goes well. */
    @Test
    void aFileThatIsCutOffOnTheWayIsToldAndReadAgainOnceItIsWhole() throws Exception {
        var path = TinyCheckpoint.write(directory.resolve("model"), MODEL, 1);
        var use = new ModelUse.Scoring(TOKENS.length, Attention.TRAINED);
        try (var session = session(Precision.F32, Attention.TRAINED);
             var open = session.open(path, Optional.empty(), arithmetic(Precision.F32), use)) {
            var expected = open.losses(TOKENS, CANDIDATE, Attention.TRAINED);
            var file = path.resolve("model.safetensors");
            byte[] whole = Files.readAllBytes(file);
            truncate(file, whole.length / 2);
            assertThatThrownBy(() -> open.losses(TOKENS, CANDIDATE, Attention.TRAINED)).isInstanceOf(RuntimeException.class)
                    .hasMessageContaining("model.safetensors");
            Files.write(file, whole);
            assertThat(open.losses(TOKENS, CANDIDATE, Attention.TRAINED)).isEqualTo(expected);
        }
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }
}
