package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.rope.RopeGeometry;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the script must be told of a layer that was not trained with plain RoPE; the keys are those of attention.py.txt. */
final class TrainedAttention {

    /** Positions over which xPos shrinks pair i by ζ_i. */
    private static final double XPOS_SCALE_BASE = 512;
    private static final double XPOS_GAMMA = 0.4;

    private TrainedAttention() {
    }

    /** Empty for a layer with plain RoPE. */
    static Map<String, PtNDArray> constants(PtNDManager manager, ModelConfig config, int layer) {
        var constants = new LinkedHashMap<String, PtNDArray>();
        int window = config.window(layer);
        switch (config.positions()) {
            case ROPE -> { }
            case ALIBI -> constants.put("slopes", DeviceMemory.of(manager, slopes(config.heads())));
            case XPOS -> constants.put("decay", DeviceMemory.of(manager, decay(config.rope(), config.headDim())));
            case HWFA, HWFA_REROPE -> {
                if (window > 0) {
                    constants.put("window", size(manager, window));
                }
            }
        }
        if (!isRotated(config, layer)) {
            constants.put("unturned", size(manager, 1));
        }
        if (reRopeWindow(config, layer) > 0) {
            constants.put("near", size(manager, reRopeWindow(config, layer)));
        }
        return constants;
    }

    /** A number as the script is given it: the length of a tensor is known without waiting for the device it lies on. */
    static PtNDArray size(PtNDManager manager, int number) {
        return DeviceMemory.zeros(manager, new Shape(number, 0));
    }

    static boolean isRotated(ModelConfig config, int layer) {
        return switch (config.positions()) {
            case ROPE, XPOS, HWFA_REROPE -> true;
            case ALIBI -> false;
            case HWFA -> config.window(layer) > 0;
        };
    }

    /** 0 for a layer without ReRoPE. */
    static int reRopeWindow(ModelConfig config, int layer) {
        return switch (config.positions()) {
            case HWFA_REROPE -> config.window(layer) > 0 ? 0 : config.windows().stream().max(Integer::compare).orElseThrow();
            default -> 0;
        };
    }

    /** Powers of 2^(−8/n) for n heads, a power of two; otherwise those of the next lower one, and every other of twice as many. */
    static float[] slopes(int heads) {
        int lower = Integer.highestOneBit(heads);
        var slopes = new float[heads];
        for (int head = 0; head < heads; head++) {
            slopes[head] = (float) (head < lower ? StrictMath.pow(2, -8.0 * (head + 1) / lower)
                    : StrictMath.pow(2, -4.0 * (2 * (head - lower) + 1) / lower));
        }
        return slopes;
    }

    private static float[] decay(RopeGeometry rope, int headDim) {
        var decay = new float[headDim];
        for (int pair = 0; pair < rope.pairs(); pair++) {
            double zeta = (2 * pair + XPOS_GAMMA * rope.rotaryDim()) / ((1 + XPOS_GAMMA) * rope.rotaryDim());
            decay[pair] = (float) (StrictMath.log(zeta) / XPOS_SCALE_BASE);
            decay[pair + rope.pairs()] = decay[pair];
        }
        return decay;
    }
}
