package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** What the dictionaries of layers with equal factors need for a method of attention; the keys are those of attention.py.txt. */
final class AttentionInputs {

    private final PtNDManager manager;
    private final Weights weights;
    private final ModelConfig config;
    private final int length;
    private final boolean keepsAllLayers;
    private final Map<Attention, Map<String, PtNDArray>> shared = new HashMap<>();
    private PtNDArray farKeys;

    AttentionInputs(PtNDManager manager, Weights weights, int length, boolean keepsAllLayers) {
        this.manager = manager;
        this.weights = weights;
        this.config = weights.config();
        this.length = length;
        this.keepsAllLayers = keepsAllLayers;
    }

    /** The sliding window of a layer under a method; 0 = none. */
    static int window(ModelConfig config, int layer, Attention attention) {
        int own = config.window(layer);
        if (attention instanceof Attention.LastPositions last) {
            return own == 0 ? last.window() : Math.min(own, last.window());
        }
        return isUnchanged(own, attention) ? own : 0;
    }

    /** A layer whose own window is within the method's is left as it is. */
    private static boolean isUnchanged(int own, Attention attention) {
        if (attention instanceof Attention.Sinks sinks) {
            return own > 0 && own <= sinks.window();
        }
        if (attention instanceof Attention.ReRope reRope) {
            return own > 0 && own <= reRope.window();
        }
        return true;
    }

    /**
     * Nothing for a layer that attends as trained.
     *
     * @param candidate the same for all layers asked for, with one row of factors
     */
    Map<String, PtNDArray> of(int layer, Attention attention, RopeGeometry geometry, Candidate candidate) {
        int own = config.window(layer);
        int trainedReRope = TrainedAttention.reRopeWindow(config, layer);
        var asked = trainedReRope > 0 ? new Attention.ReRope(trainedReRope, QueryScaling.LOG_N) : attention;
        if (isUnchanged(own, asked)) {
            return Map.of();
        }
        Require.that(candidate.startTokens() == 0, "candidate.startTokens", "must be 0 with a method of attention",
                candidate.startTokens());
        var inputs = new LinkedHashMap<>(shared.computeIfAbsent(asked, key -> tables(asked, own, new Rotary(geometry), candidate)));
        if (asked instanceof Attention.ReRope) {
            inputs.put("far_keys", farKeys());
        }
        return inputs;
    }

    private Map<String, PtNDArray> tables(Attention attention, int own, Rotary rotary, Candidate candidate) {
        var inputs = new LinkedHashMap<String, PtNDArray>();
        if (attention instanceof Attention.Sinks sinks) {
            int size = sinks.count() + sinks.window();
            Require.that(own == 0 || size <= own, "count + window", "must be at most the model's own sliding window, " + own, size);
            inputs.put("near", (PtNDArray) manager.create((long) sinks.window()));
            inputs.put("sinks", (PtNDArray) manager.create((long) sinks.count()));
            // the cache of a later query holds the sinks and the window, and nothing between them
            put(inputs, "far", rotary.tables(manager, positions(n -> Math.min(n, size - 1)), candidate)[0]);
        } else if (attention instanceof Attention.ReRope reRope) {
            Require.that(own == 0, "window", "must be at least the model's own sliding window, " + own, reRope.window());
            double leak = reRope.leak(length, config.maxPositions());
            inputs.put("near", (PtNDArray) manager.create((long) reRope.window()));
            put(inputs, "far", rotary.tables(manager, positions(n -> reRope.window() * (1 - leak) + n * leak), candidate)[0]);
            put(inputs, "key", rotary.tables(manager, positions(n -> n * leak), candidate)[0]);
        }
        return inputs;
    }

    private static void put(Map<String, PtNDArray> inputs, String name, Rotary.Tables tables) {
        inputs.put(name + "_cos", tables.cos());
        inputs.put(name + "_sin", tables.sin());
    }

    private double[] positions(IntToDoubleFunction place) {
        return IntStream.range(0, length).mapToDouble(place::applyAsDouble).toArray();
    }

    private PtNDArray farKeys() {
        if (farKeys == null || keepsAllLayers) {
            farKeys = Script.instance().tensor(manager, "new_cache", weights.embedding(), length, config.kvHeads(), config.headDim());
        }
        return farKeys;
    }
}
