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

    /**
     * Nothing for a layer that attends as trained.
     *
     * @param candidate the same for all layers asked for, with one row of factors
     */
    Map<String, PtNDArray> of(int layer, Attention attention, RopeGeometry geometry, Candidate candidate) {
        int own = config.window(layer);
        int trainedReRope = TrainedAttention.reRopeWindow(config, layer);
        var asked = trainedReRope > 0 ? new Attention.ReRope(trainedReRope, QueryScaling.LOG_N) : attention;
        if (asked.leaves(own)) {
            return Map.of();
        }
        Require.that(candidate.startTokens() == 0, "candidate.startTokens", "must be 0 with a method of attention",
                candidate.startTokens());
        var inputs = new LinkedHashMap<>(shared.computeIfAbsent(asked, key -> tables(asked, own, new Rotary(geometry), candidate)));
        if (asked.turnsKeysTwice()) {
            inputs.put("far_keys", farKeys());
        }
        return inputs;
    }

    private Map<String, PtNDArray> tables(Attention attention, int own, Rotary rotary, Candidate candidate) {
        attention.requireFits(own);
        var inputs = new LinkedHashMap<String, PtNDArray>();
        attention.sizes().forEach((name, size) -> inputs.put(name, TrainedAttention.size(manager, size)));
        attention.turns(length, config.maxPositions()).forEach((name, place) -> {
            var tables = rotary.tables(manager, IntStream.range(0, length).mapToDouble(place).toArray(), candidate)[0];
            inputs.put(name + "_cos", tables.cos());
            inputs.put(name + "_sin", tables.sin());
        });
        return inputs;
    }

    private PtNDArray farKeys() {
        if (farKeys == null || keepsAllLayers) {
            farKeys = Script.instance().tensor(manager, "new_cache", weights.like(), length, config.kvHeads(), config.headDim());
        }
        return farKeys;
    }
}
