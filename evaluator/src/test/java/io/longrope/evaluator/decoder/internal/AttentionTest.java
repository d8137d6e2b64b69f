package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Plain products are what a device without a fused call for a head's width runs; here they meet the CPU's fused call. */
class AttentionTest {

    private static final double SCALE = 0.3;

    /** A layer's dictionary that asks for nothing. */
    private final IValue nothing = Script.dictionary(Map.of());

    @AfterEach
    void close() {
        nothing.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 4", "70, 70, 2, 16", "70, 400, 4, 5", "1, 400, 1, 24", "300, 9000, 4, 8"})
    void plainProductsAttendAsTheFusedCallDoes(int queries, int keys, int group, int width) {
        try (var manager = (PtNDManager) Script.engine().newBaseManager()) {
            var q = random(manager, 2, group, queries, width);
            var k = random(manager, 2, group, keys, width);
            var v = random(manager, 2, group, keys, width);
            var mask = (PtNDArray) manager.randomNormal(0, 3, new Shape(queries, keys), DataType.FLOAT32);

            assertNear(plain(manager, q, k, v, false, mask), fused(manager, q, k, v, false, mask));
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

            assertNear(plain(manager, q, k, v, true, none),
                    Script.instance().tensors(manager, "attend_causally", q, k, v, nothing, SCALE, positions));
        }
    }

    /** What a GPU does in place of one call that sees all keys: the same, in whatever blocks. */
    @ParameterizedTest
    @CsvSource({"7, 3, 2", "16, 100, 16", "5, 1025, 4", "1, 90, 16"})
    void blocksOfKeysGiveWhatOneCallGives(int queries, int before, int chunk) {
        try (var manager = (PtNDManager) Script.engine().newBaseManager()) {
            var q = random(manager, 2, 3, queries, 16);
            var k = random(manager, 2, 3, before + queries, 16);
            var v = random(manager, 2, 3, before + queries, 16);
            var all = ":, :, 0:" + before;
            var own = ":, :, " + before + ":";
            var none = (PtNDArray) manager.zeros(new Shape(queries, queries));
            var first = fused(manager, q, (PtNDArray) k.get(own), (PtNDArray) v.get(own), true, none);

            assertNear(Script.instance().tensors(manager, "attend_in_blocks", first[0], first[1], q, (PtNDArray) k.get(all),
                            (PtNDArray) v.get(all), nothing, SCALE, chunk),
                    Script.instance().tensors(manager, "attend_causally", q, k, v, nothing, SCALE, chunk));
        }
    }

    /** What a GPU does in place of a window's mask. */
    @ParameterizedTest
    @CsvSource({"16, 40, 16", "16, 100, 37", "1, 40, 16", "1, 3, 1", "50, 20, 7", "12, 13, 13", "5, 9, 2", "9, 30, 1"})
    void aWindowWithoutAMaskSeesWhatAWindowWithOneSees(int queries, int before, int window) {
        try (var manager = (PtNDManager) Script.engine().newBaseManager()) {
            for (int heads : new int[] {2, 6}) {
                var q = random(manager, queries, heads, 16);
                var keys = random(manager, before + queries, 2, 16);
                var values = random(manager, before + queries, 2, 16);
                var grouped = Script.instance().tensor(manager, "grouped", q, 2);

                assertNear(Script.instance().tensors(manager, "attend_last", grouped, keys, values, nothing, SCALE, window),
                        Script.instance().tensors(manager, "attend_near", q, keys, values, nothing, SCALE, window));
            }
        }
    }

    private static PtNDArray random(PtNDManager manager, long... shape) {
        return (PtNDArray) manager.randomNormal(new Shape(shape));
    }

    private static PtNDArray[] plain(PtNDManager manager, PtNDArray q, PtNDArray k, PtNDArray v, boolean causal, PtNDArray mask) {
        return Script.instance().tensors(manager, "plain", q, k, v, causal, mask, SCALE);
    }

    private PtNDArray[] fused(PtNDManager manager, PtNDArray q, PtNDArray k, PtNDArray v, boolean causal, PtNDArray mask) {
        return Script.instance().tensors(manager, "fused", q, k, v, causal, mask, nothing, SCALE);
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
