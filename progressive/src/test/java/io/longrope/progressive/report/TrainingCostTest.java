package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.work.Precision;
import io.longrope.search.rope.RopeGeometry;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.assertThat;

class TrainingCostTest {

    private static final ModelConfig MODEL = new ModelConfig("llama", 10, 8, 20, 3, 2, 1, 4, new RopeGeometry(4, 10000, 32), Optional.empty(), 32, 1e-5,
            false, AttentionBias.NONE, OptionalInt.empty(), OptionalInt.empty());

    @Test
    void allWeightsInFloat32() {
        long parameters = MODEL.parameters();
        // weights, one sum, two micro-batches' own gradients, two moments; 7 tokens through 3 layers, and their logits
        long expected = 4 * parameters + 4 * 3 * parameters + 8 * parameters + 2 * (3 * 7 * 4 * (16 * 8 + 6 * 20) + 3 * 4 * 7 * 10);
        assertThat(new TrainingCost(MODEL, Precision.F32, false, OptionalLong.empty()).bytes(7, 2)).isEqualTo(expected);
    }

    @Test
    void adaptersInBfloat16RecomputingLayers() {
        long adapters = TrainingCost.adapters(MODEL, 2, List.of("q", "k", "up"));
        assertThat(adapters).isEqualTo(3 * 2 * ((8 + 8) + (8 + 4) + (8 + 20)));
        long activations = 2 * 7 * (16 * 8 + 6 * 20) + 2 * 7 * 8 * 3 + 3 * 4 * 7 * 10;
        assertThat(new TrainingCost(MODEL, Precision.BF16, true, OptionalLong.of(adapters)).bytes(7, 1))
                .isEqualTo(2 * MODEL.parameters() + 4 * adapters + 4 * 2 * adapters + 8 * adapters + activations);
    }
}
