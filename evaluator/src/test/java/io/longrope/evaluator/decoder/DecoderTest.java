package io.longrope.evaluator.decoder;

import io.longrope.search.work.Arithmetic;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.search.work.Precision;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class DecoderTest {

    @TempDir
    static Path directory;
    static Checkpoint checkpoint;

    @BeforeAll
    static void writeCheckpoint() throws IOException {
        checkpoint = Checkpoint.open(TinyCheckpoint.write(directory.resolve("tiny"), TinyCheckpoint.config(), 5));
    }

    private static float[] losses(int chunk, int[] tokens, Candidate candidate) {
        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32, chunk))) {
            return decoder.losses(tokens, candidate);
        }
    }

    @Test
    void chunksChangeLossesByRoundingOnly() {
        var tokens = TinyCheckpoint.tokens(400, 1);
        var candidate = new Candidate(RescaleFactors.of(1, 2.5, 7, 12), 8, 1.1);
        var whole = losses(1000, tokens, candidate);
        for (int chunk : new int[] {399, 200, 64, 7}) {
            var chunked = losses(chunk, tokens, candidate);
            for (int i = 0; i < whole.length; i++) {
                assertThat((double) chunked[i]).as("chunk %d, position %d", chunk, i).isCloseTo(whole[i], within(1e-4));
            }
        }
    }

    @Test
    void aLaterTokenNeverChangesAnEarlierLoss() {
        var tokens = TinyCheckpoint.tokens(100, 2);
        var changed = tokens.clone();
        changed[70] = (changed[70] + 1) % 256;
        var before = losses(32, tokens, Candidate.original(4));
        var after = losses(32, changed, Candidate.original(4));
        assertThat(Arrays.copyOf(after, 69)).isEqualTo(Arrays.copyOf(before, 69));
        assertThat(after[69]).isNotEqualTo(before[69]);
        assertThat(after[80]).isNotEqualTo(before[80]);
    }

    @Test
    void repeatedEvaluationsAreEqualToTheBit() {
        var tokens = TinyCheckpoint.tokens(300, 3);
        var candidate = new Candidate(RescaleFactors.of(1, 1.5, 2, 4), 0, 1.2);
        assertThat(losses(64, tokens, candidate)).isEqualTo(losses(64, tokens, candidate));
    }

    /** Relative positions are all that attention sees, so a factor of 1 leaves everything as it was trained. */
    @Test
    void startTokensMatterOnlyWhereFactorsDo() {
        var tokens = TinyCheckpoint.tokens(100, 4);
        var original = losses(64, tokens, Candidate.original(4));
        assertThat(losses(64, tokens, Candidate.original(4).withStartTokens(16))).isEqualTo(original);

        var rescaled = new Candidate(RescaleFactors.of(1, 2, 3, 4), 0, 1);
        var kept = losses(64, tokens, rescaled.withStartTokens(16));
        assertThat(Arrays.copyOf(kept, 16)).isEqualTo(Arrays.copyOf(original, 16));
        assertThat(kept[50]).isNotEqualTo(losses(64, tokens, rescaled)[50]);
    }

    @Test
    void aRowPerLayerReachesItsLayer() {
        var tokens = TinyCheckpoint.tokens(100, 5);
        double[] first = {1, 2, 3, 4};
        double[] second = {1, 1, 5, 9};
        var shared = losses(64, tokens, new Candidate(RescaleFactors.of(first), 0, 1));
        var equalRows = losses(64, tokens, new Candidate(RescaleFactors.perLayer(new double[][] {first, first}), 0, 1));
        var otherRows = losses(64, tokens, new Candidate(RescaleFactors.perLayer(new double[][] {first, second}), 0, 1));
        assertThat(equalRows).isEqualTo(shared);
        assertThat(otherRows[90]).isNotEqualTo(shared[90]);
    }

    /** In a model of one layer the last logits depend on the last query only, and scaling it is scaling the logits of attention. */
    @Test
    void logNScalingSharpensTheQueriesBeyondTheWindow() throws IOException {
        var config = TinyCheckpoint.config(1);
        var one = Checkpoint.open(TinyCheckpoint.write(directory.resolve("one-layer"), config, 6));
        var tokens = TinyCheckpoint.tokens(200, 6);
        var original = Candidate.original(4);
        var logN = new Attention.Trained(QueryScaling.LOG_N);
        double scale = Math.log(200) / Math.log(32);
        try (var decoder = Decoder.load(one, new DecoderOptions(Precision.F32, 64))) {
            var expected = decoder.nextLogits(tokens, new Candidate(RescaleFactors.identity(4), 0, Math.sqrt(scale)));
            var scaled = decoder.nextLogits(tokens, original, logN);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) scaled[i]).isCloseTo(expected[i], within(1e-4));
            }
            assertThat(scaled).isNotEqualTo(decoder.nextLogits(tokens, original));

            var losses = decoder.losses(tokens, original, logN);
            var plain = decoder.losses(tokens, original);
            assertThat(Arrays.copyOf(losses, 32)).as("within the window").isEqualTo(Arrays.copyOf(plain, 32));
            assertThat(losses[150]).isNotEqualTo(plain[150]);
            assertThat(losses[198])
                    .isCloseTo(loss(decoder.nextLogits(Arrays.copyOf(tokens, 199), original, logN), tokens[199]), within(1e-4f));
        }
    }

    private static float loss(float[] logits, int target) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        return (float) (Math.log(sum) - logits[target]);
    }

    @Test
    void badInputIsNamed() {
        assertThatThrownBy(() -> losses(64, new int[] {1, 2, 3}, Candidate.original(5)))
                .isInstanceOf(BadInput.class).hasMessageContaining("must have 4 factors for rotary dimension 8");
        assertThatThrownBy(() -> losses(64, new int[] {1, 999}, Candidate.original(4)))
                .isInstanceOf(BadInput.class).hasMessageContaining("must be ids below 258, but was 999");
        var threeRows = RescaleFactors.perLayer(new double[][] {{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 2}});
        assertThatThrownBy(() -> losses(64, new int[] {1, 2, 3}, new Candidate(threeRows, 0, 1)))
                .isInstanceOf(BadInput.class).hasMessageContaining("one per layer (2)");
    }

    @Test
    void aFailedLoadFreesWhatItTook() {
        var manager = Script.manager(Device.CPU);
        assertThatThrownBy(() -> new Decoder(manager, new DecoderOptions(Precision.F32), taken -> {
            taken.ones(new Shape(1000));
            assertThat(taken.getManagedArrays()).hasSize(1);
            throw new IllegalStateException("the second weight cannot be read");
        })).hasMessageContaining("the second weight");

        assertThat(manager.isOpen()).isFalse();
        assertThat(manager.getManagedArrays()).isEmpty();
    }

    @Test
    void everyModelKeepsItsOwnNumberOfThreads() throws Exception {
        var seen = new ConcurrentHashMap<Integer, Integer>();
        var both = new CyclicBarrier(2);
        try (var one = Decoder.load(checkpoint, new DecoderOptions(Precision.F32))) {
            var two = one.with(Arithmetic.USUAL_CHUNK, 2);
            var runs = Stream.of(one, two).map(decoder -> CompletableFuture.runAsync(() -> {
                decoder.losses(TinyCheckpoint.tokens(20, 1), Candidate.original(TinyCheckpoint.config().rope().pairs()));
                await(both);
                seen.put(decoder == one ? 1 : 2, JniUtils.getNumThreads());
            }, task -> new Thread(task).start())).toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(runs).get(60, TimeUnit.SECONDS);
        }
        assertThat(seen).isEqualTo(Map.of(1, 1, 2, 2));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
