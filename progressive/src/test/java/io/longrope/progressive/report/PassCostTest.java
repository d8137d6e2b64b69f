package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.search.rope.RopeGeometry;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;

class PassCostTest {

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
    void methodsOfAttentionCostWhatTheySee() {
        var model = model(1, false, List.of());

        assertThat(new PassCost(model, new Attention.Sinks(2, 8)).operations(100)).isEqualTo(operations(false, List.of(10)));
        assertThat(new PassCost(model, new Attention.ReRope(8, QueryScaling.LOG_N)).operations(100))
                .isEqualTo(new PassCost(model).operations(100));
    }

    private static double operations(boolean tied, List<Integer> windows) {
        return new PassCost(model(1, tied, windows)).operations(100);
    }

    /** Width 64, 4 heads on 2 of width 16, feed-forward 128, vocabulary 1000. */
    private static ModelConfig model(int layers, boolean tied, List<Integer> windows) {
        return new ModelConfig("mistral", 1000, 64, 128, layers, 4, 2, 16, new RopeGeometry(16, 10_000, 4096), Optional.empty(), 4096,
                1e-5, tied,
                AttentionBias.NONE, false, windows, BlockVariant.LLAMA, PositionEncoding.ROPE, OptionalInt.empty(), OptionalInt.empty());
    }
}
