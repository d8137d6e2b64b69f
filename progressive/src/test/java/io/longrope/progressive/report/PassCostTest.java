package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.search.work.Precision;
import io.longrope.search.rope.RopeGeometry;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;

class PassCostTest {

    private static final int LENGTH = 1 << 20;

    @Test
    void memoryGrowsByHiddenStatesAndKeysAndValuesOfOneLayerOnly() {
        var two = new PassCost(model(2, false, List.of()), Precision.BF16);
        var four = new PassCost(model(4, false, List.of()), Precision.BF16);

        assertThat(two.scoring(LENGTH)).isEqualTo(new PassCost.Memory(350L << 20, 2 * two.model().parameters(), LENGTH * (2L * 64 + 2 * 4 * 8 + 16),
                2L * 2 * LENGTH * 2 * 16, 2048L * 10 * 1000));
        assertThat(four.scoring(LENGTH).total() - two.scoring(LENGTH).total()).isEqualTo(2 * (four.model().parameters() - two.model().parameters()));
        assertThat(four.generating(LENGTH).keysAndValues()).isEqualTo(4 * four.scoring(LENGTH).keysAndValues());
        assertThat(new PassCost(two.model(), Precision.F32).scoring(LENGTH).keysAndValues()).isEqualTo(2 * two.scoring(LENGTH).keysAndValues());
    }

    @Test
    void aWindowThatIsOutgrownNeedsItsMask() {
        long without = new PassCost(model(1, false, List.of(4096)), Precision.BF16).scoring(4096).chunk();
        assertThat(without).isEqualTo(2048L * 10 * 1000);
        assertThat(new PassCost(model(1, false, List.of(4096)), Precision.BF16).scoring(8192).chunk()).isEqualTo(2048L * (4096 + 2048) * 5);
        // 2^26 / (2^17 + 2^11) rows
        assertThat(new PassCost(model(2, false, List.of(0, 1 << 17)), Precision.F32).scoring(1 << 18).chunk()).isEqualTo(504L * ((1 << 17) + 504) * 7);
    }

    @Test
    void operationsAreMatricesAndWhatQueriesSee() {
        long layer = 2L * 64 * 64 + 2L * 64 * 32 + 3L * 64 * 128 + 2 * 64;
        double matrices = 2.0 * 100 * (layer + 64 + 64_000);
        assertThat(operations(false, List.of())).isEqualTo(matrices + 4 * 64 * 5050);
        assertThat(operations(true, List.of())).as("a tied head is multiplied, too").isEqualTo(operations(false, List.of()));
        assertThat(operations(false, List.of(10))).isEqualTo(matrices + 4 * 64 * (55 + 90 * 10));
        assertThat(operations(false, List.of(100))).isEqualTo(operations(false, List.of()));
    }

    @Test
    void methodsOfAttentionCostWhatTheySeeAndKeep() {
        var model = model(1, false, List.of());
        var plain = new PassCost(model, Precision.F32);
        var sinks = new PassCost(model, Precision.F32, new Attention.Sinks(2, 8));
        var reRope = new PassCost(model, Precision.F32, new Attention.ReRope(8, QueryScaling.LOG_N));

        assertThat(sinks.operations(100)).isEqualTo(operations(false, List.of(10)));
        assertThat(reRope.operations(100)).isEqualTo(plain.operations(100));
        assertThat(sinks.scoring(100).keysAndValues()).isEqualTo(plain.scoring(100).keysAndValues());
        assertThat(2 * reRope.scoring(100).keysAndValues()).as("keys in a second turn").isEqualTo(3 * plain.scoring(100).keysAndValues());
    }

    private static double operations(boolean tied, List<Integer> windows) {
        return new PassCost(model(1, tied, windows), Precision.F32).operations(100);
    }

    /** Width 64, 4 heads on 2 of width 16, feed-forward 128, vocabulary 1000. */
    private static ModelConfig model(int layers, boolean tied, List<Integer> windows) {
        return new ModelConfig("mistral", 1000, 64, 128, layers, 4, 2, 16, new RopeGeometry(16, 10_000, 4096), Optional.empty(), 4096, 1e-5, tied,
                AttentionBias.NONE, false, windows, BlockVariant.LLAMA, PositionEncoding.ROPE, OptionalInt.empty(), OptionalInt.empty());
    }
}
