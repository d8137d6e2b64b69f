package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Attentions;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.LayerRange;
import io.longrope.evaluator.decoder.Placement;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

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

    private static ModelUse.Scoring use(Attention attention) {
        return new ModelUse.Scoring(TOKENS.length, attention);
    }

    private static MemoryPlan allStreamed(Precision precision, Attention attention) {
        return MemoryPlan.of(new Placement.Share(Device.CPU, new LayerRange(0, LAYERS, LAYERS)), MODEL, precision, 16, use(attention));
    }

    /** With no layer's weights in memory for good. */
    private static ModelSession session(Precision precision, Attention attention) {
        return session(precision, attention, 0);
    }

    /** @param resident layers that there is room for besides */
    private static ModelSession session(Precision precision, Attention attention, int resident) {
        return new ModelSession(Device.CPU, new ModelSession.Limits(2,
                OptionalLong.of(allStreamed(precision, attention).total() + resident * PassMemory.layerBytes(MODEL, precision))));
    }

    @ParameterizedTest
    @CsvSource({"F32, original, 0", "BF16, original, 0", "F32, rerope:window=20, 0", "F32, 'sinks:count=4,window=30', 0",
        "F32, original, 9", "BF16, 'sinks:count=4,window=30', 20"})
    void layersReadOneAfterTheOtherGiveTheSameBits(Precision precision, String method, int resident) throws Exception {
        var path = TinyCheckpoint.write(directory.resolve("model"), MODEL, 1);
        var attention = method.equals("original") ? Attention.TRAINED : Attentions.named(method, MODEL.maxPositions());
        float[] expected;
        try (var whole = Decoder.load(Checkpoint.open(path), new DecoderOptions(precision, 16))) {
            expected = whole.losses(TOKENS, CANDIDATE, attention);
        }
        var use = use(attention);
        try (var session = session(precision, attention, resident);
             var open = session.open(path, Optional.empty(), arithmetic(precision), use)) {
            assertThat(session.plan(MODEL, precision, 16, use).placement().streamed()).isEqualTo(LAYERS - resident);
            assertThat(open.losses(TOKENS, CANDIDATE, attention)).isEqualTo(expected);
            assertThat(open.losses(TOKENS, CANDIDATE, attention)).as("another pass").isEqualTo(expected);
        }
    }

    @Test
    void thePlanKeepsAsManyLayersAsFitAndTwoToReadTheOthersTo() {
        var use = use(Attention.TRAINED);
        var whole = MemoryPlan.of(Device.CPU, MODEL, Precision.F32, 16, use);
        var layerByLayer = allStreamed(Precision.F32, Attention.TRAINED);
        long ends = (ByteLevelTokenizer.VOCAB_SIZE + 1) * 128L;
        long layer = 4 * (MODEL.parameters() - ends) / LAYERS;

        assertThat(layerByLayer.bytes(MemoryPlan.Part.WEIGHTS)).isEqualTo(4 * ends);
        assertThat(layerByLayer.bytes(MemoryPlan.Part.LAYERS_READ)).isEqualTo(2 * layer);
        assertThat(whole.bytes(MemoryPlan.Part.WEIGHTS)).isGreaterThan(10 * (layerByLayer.bytes(MemoryPlan.Part.WEIGHTS)
                + layerByLayer.bytes(MemoryPlan.Part.LAYERS_READ)));
        assertThat(layerByLayer.describe()).contains("scoring 80 tokens with layers read one after the other", "layers read ");
        assertThat(streamed(whole.total())).isZero();
        assertThat(streamed(whole.total() - 1)).as("two that are read take the memory of two").isEqualTo(3);
        assertThat(streamed(layerByLayer.total())).isEqualTo(LAYERS);
        for (int more = 1; more < LAYERS - 2; more++) {
            assertThat(streamed(layerByLayer.total() + more * layer)).isEqualTo(LAYERS - more);
        }
        var refused = ModelPlan.of(List.of(Device.CPU), List.of(layerByLayer.total() - 1), MODEL, Precision.F32, 16, use);
        assertThat(refused.placement().streamed()).isZero();
        assertThatThrownBy(() -> refused.requireFits(List.of(layerByLayer.total() - 1))).isInstanceOf(BadInput.class);
    }

    private static int streamed(long memory) {
        var plan = ModelPlan.of(List.of(Device.CPU), List.of(memory), MODEL, Precision.F32, 16, use(Attention.TRAINED));
        assertThat(plan.fits(List.of(memory))).isTrue();
        assertThat(plan.bytesRead()).isEqualTo(plan.placement().streamed() * PassMemory.layerBytes(MODEL, Precision.F32));
        return plan.placement().streamed();
    }

    /** The same arithmetic wherever the layers are: on two devices, in their memory or read for each pass. */
    @ParameterizedTest
    @CsvSource({"2, F32, original, 2000", "3, BF16, original, 2000", "2, F32, rerope:window=20, 2000", "2, F32, original, 8",
        "3, F32, 'sinks:count=4,window=30', 9"})
    void devicesThatShareTheLayersGiveTheSameBits(int devices, Precision precision, String method, int layersEach) throws Exception {
        var path = TinyCheckpoint.write(directory.resolve("model"), MODEL, 1);
        var attention = method.equals("original") ? Attention.TRAINED : Attentions.named(method, MODEL.maxPositions());
        float[] expected;
        int[] continued;
        try (var whole = Decoder.load(Checkpoint.open(path), new DecoderOptions(precision, 16))) {
            expected = whole.losses(TOKENS, CANDIDATE, attention);
            continued = whole.generate(TOKENS, 5, CANDIDATE, attention);
        }
        long each = allStreamed(precision, attention).total() + layersEach * PassMemory.layerBytes(MODEL, precision);
        // a device named several times shares its memory among as many
        try (var session = new ModelSession(Collections.nCopies(devices, Device.CPU),
                new ModelSession.Limits(2, OptionalLong.of(devices * each)))) {
            var plan = session.plan(MODEL, precision, 16, use(attention));
            assertThat(plan.placement().shares()).hasSize(devices);
            assertThat(plan.placement().streamed() > 0).isEqualTo(layersEach * devices < LAYERS - 2);
            try (var open = session.open(path, Optional.empty(), arithmetic(precision), use(attention))) {
                assertThat(open.losses(TOKENS, CANDIDATE, attention)).isEqualTo(expected);
            }
            if (plan.placement().streamed() == 0) {
                try (var open = session.open(path, Optional.empty(), arithmetic(precision),
                        new ModelUse.Generating(TOKENS.length + 5, attention))) {
                    assertThat(open.generate(TOKENS, 5, CANDIDATE, attention)).isEqualTo(continued);
                }
            }
        }
    }

    /** One that is scored at several lengths is loaded once, with the layers that the longest leaves room for. */
    @Test
    void anotherLengthIsScoredWithTheLayersThatAreThere() throws Exception {
        var path = TinyCheckpoint.write(directory.resolve("model"), MODEL, 1);
        var loads = new AtomicInteger();
        long memory = allStreamed(Precision.F32, Attention.TRAINED).total() + 9 * PassMemory.layerBytes(MODEL, Precision.F32);
        try (var session = new ModelSession(Device.CPU, new ModelSession.Limits(2, OptionalLong.of(memory)), (checkpoint, options) -> {
            loads.incrementAndGet();
            return Decoder.load(checkpoint, options);
        })) {
            for (int length : new int[] {80, 20, 50}) {
                var tokens = Arrays.copyOf(TOKENS, length);
                try (var open = session.open(path, Optional.empty(), arithmetic(Precision.F32),
                        new ModelUse.Scoring(length, Attention.TRAINED))) {
                    open.losses(tokens, CANDIDATE, Attention.TRAINED);
                }
            }
        }
        assertThat(loads).hasValue(1);
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
        var use = use(Attention.TRAINED);
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
