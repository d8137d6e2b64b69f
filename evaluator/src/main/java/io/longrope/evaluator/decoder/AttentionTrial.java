package io.longrope.evaluator.decoder;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.decoder.internal.DeviceAttention;
import io.longrope.evaluator.decoder.internal.DeviceMemory;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.decoder.internal.WeightTensors;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

import java.util.Map;
import java.util.Random;

/**
 * Whether a device's attention gives what the CPU's gives in 32 bits. Which call that is follows from the device, the precision, the
 * width of a head and whether keys are left out, as the decoder's script chooses it. Blocks of keys are merged in it, so the log-sum-exp
 * that the call returns is tried too.
 *
 * @param precision of queries, keys and values
 * @param headWidth entries of a head, at least 1
 * @param window    keys a query sees; 0 = all
 */
public record AttentionTrial(Precision precision, int headWidth, int window) {

    private static final int QUERIES = 64;
    private static final int KEYS = 256;
    private static final int HEADS = 4;
    private static final int KEY_HEADS = 2;
    private static final long SEED = 1;

    public AttentionTrial {
        Require.present(precision, "precision");
        Require.atLeast(1, headWidth, "head width");
        Require.that(window >= 0 && window <= KEYS - QUERIES, "window", "must be between 0 and " + (KEYS - QUERIES) + ", as many keys as"
                + " the first query sees", window);
    }

    /**
     * The largest difference of an entry; entries are averages of normally distributed values.
     *
     * @throws ai.djl.engine.EngineException when the device has no such call
     */
    public double difference(Device device) {
        var found = attend(device, precision);
        var expected = attend(Device.CPU, Precision.F32);
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            double difference = Math.abs(found[i] - expected[i]);
            // not a number is no small difference
            largest = difference <= largest ? largest : difference;
        }
        return largest;
    }

    private float[] attend(Device device, Precision computed) {
        try (var manager = Script.manager(device)) {
            var random = new Random(SEED);
            var queries = normal(manager, random, computed, QUERIES, HEADS);
            var keys = normal(manager, random, computed, KEYS, KEY_HEADS);
            var values = normal(manager, random, computed, KEYS, KEY_HEADS);
            double scale = 1 / Math.sqrt(headWidth);
            try (var dictionary = Script.dictionary(device.attention(computed)
                    .map(call -> DeviceAttention.dictionary(manager, call)).orElse(Map.of()))) {
                var output = window == 0 ? Script.instance().tensor(manager, "attend", queries, keys, values, dictionary, scale, QUERIES)
                        : Script.instance().tensor(manager, "attend_window", queries, keys, values, dictionary, scale, window);
                return WeightTensors.converted(output, Precision.F32).toFloatArray();
            }
        }
    }

    /** Rounded to this trial's precision, also where it is computed with in another: both then begin with the same figures. */
    private PtNDArray normal(PtNDManager manager, Random random, Precision computed, int positions, int heads) {
        var values = new float[positions * heads * headWidth];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        var rounded = WeightTensors.converted(DeviceMemory.of(manager, values, new Shape(positions, heads, headWidth)), precision);
        return WeightTensors.converted(rounded, computed);
    }
}
