package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Plain products are what a device without a fused call for a head's width runs; here they meet the CPU's fused call. */
class AttentionTest {

    private static final double SCALE = 0.3;

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 4", "70, 70, 2, 16", "70, 400, 4, 5", "1, 400, 1, 24", "300, 9000, 4, 8"})
    void plainProductsAttendAsTheFusedCallDoes(int queries, int keys, int group, int width) {
        try (var manager = (PtNDManager) Script.engine().newBaseManager()) {
            var q = random(manager, 2, group, queries, width);
            var k = random(manager, 2, group, keys, width);
            var v = random(manager, 2, group, keys, width);
            var mask = (PtNDArray) manager.randomNormal(0, 3, new Shape(queries, keys), DataType.FLOAT32);

            assertNear(call(manager, "plain", q, k, v, false, mask), call(manager, "fused", q, k, v, false, mask));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 4", "70, 4, 16", "300, 1, 5", "5000, 2, 8"})
    void plainProductsSeeNoLaterKey(int positions, int group, int width) {
        try (var manager = (PtNDManager) Script.engine().newBaseManager()) {
            var q = random(manager, 2, group, positions, width);
            var k = random(manager, 2, group, positions, width);
            var v = random(manager, 2, group, positions, width);
            var none = (PtNDArray) manager.zeros(new Shape(positions, positions));

            assertNear(call(manager, "plain", q, k, v, true, none), Script.instance().tensors(manager, "attend_causally", q, k, v, SCALE));
        }
    }

    private static PtNDArray random(PtNDManager manager, long... shape) {
        return (PtNDArray) manager.randomNormal(new Shape(shape));
    }

    private static PtNDArray[] call(PtNDManager manager, String method, PtNDArray q, PtNDArray k, PtNDArray v, boolean causal,
            PtNDArray mask) {
        return Script.instance().tensors(manager, method, q, k, v, causal, mask, SCALE);
    }

    private static void assertNear(PtNDArray[] found, PtNDArray[] expected) {
        assertThat(found).as("attention and its log-sum-exp").hasSize(2).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i].getShape()).isEqualTo(expected[i].getShape());
            try (var difference = found[i].sub(expected[i]); var size = difference.abs(); var largest = size.max()) {
                assertThat(largest.getFloat()).isCloseTo(0, within(2e-5f));
            }
        }
    }
}
