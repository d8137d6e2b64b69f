package io.longrope.evaluator.decoder.internal;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.ModelConfig;

import java.util.ArrayList;
import java.util.List;

/** The weights of one layer under the names the families give them. */
final class LayerNames {

    private final ModelConfig config;
    private final String attention;
    private final String prefix;
    private final long width;
    private final long queries;
    private final long keys;
    private final long inner;

    LayerNames(ModelConfig config, int layer) {
        this.config = config;
        prefix = "model.layers." + layer + ".";
        attention = prefix + "self_attn.";
        width = config.hiddenSize();
        queries = (long) config.heads() * config.headDim();
        keys = (long) config.kvHeads() * config.headDim();
        inner = config.intermediateSize();
    }

    List<WeightName> all() {
        boolean fused = config.modelType().equals("phi3");
        var names = new ArrayList<WeightName>();
        names.add(new WeightName("attention_norm", prefix + "input_layernorm.weight", width));
        names.addAll(fused ? fusedProjections() : separateProjections());
        names.add(new WeightName("o", attention + "o_proj.weight", width, queries));
        var norm = config.variant().outerNorms() ? "pre_feedforward_layernorm" : "post_attention_layernorm";
        names.add(new WeightName("feed_forward_norm", prefix + norm + ".weight", width));
        names.addAll(fused ? fusedGate() : separateGate());
        names.add(new WeightName("down", prefix + "mlp.down_proj.weight", width, inner));
        if (config.variant().outerNorms()) {
            names.add(new WeightName("attention_outer_norm", prefix + "post_attention_layernorm.weight", width));
            names.add(new WeightName("feed_forward_outer_norm", prefix + "post_feedforward_layernorm.weight", width));
        }
        addBiasesAndNorms(names);
        return names;
    }

    private List<WeightName> separateProjections() {
        return List.of(
                new WeightName("q", attention + "q_proj.weight", queries, width),
                new WeightName("k", attention + "k_proj.weight", keys, width),
                new WeightName("v", attention + "v_proj.weight", keys, width));
    }

    private List<WeightName> separateGate() {
        return List.of(
                new WeightName("gate", prefix + "mlp.gate_proj.weight", inner, width),
                new WeightName("up", prefix + "mlp.up_proj.weight", inner, width));
    }

    /** Phi-3 stores queries, keys and values as one matrix. */
    private List<WeightName> fusedProjections() {
        var stored = attention + "qkv_proj.weight";
        long rows = queries + 2 * keys;
        return List.of(
                new WeightName("q", stored, new long[] {queries, width}, 0, rows),
                new WeightName("k", stored, new long[] {keys, width}, queries, rows),
                new WeightName("v", stored, new long[] {keys, width}, queries + keys, rows));
    }

    private List<WeightName> fusedGate() {
        var stored = prefix + "mlp.gate_up_proj.weight";
        return List.of(
                new WeightName("gate", stored, new long[] {inner, width}, 0, 2 * inner),
                new WeightName("up", stored, new long[] {inner, width}, inner, 2 * inner));
    }

    private void addBiasesAndNorms(List<WeightName> names) {
        if (config.attentionBias() != AttentionBias.NONE) {
            names.add(new WeightName("q_bias", attention + "q_proj.bias", queries));
            names.add(new WeightName("k_bias", attention + "k_proj.bias", keys));
            names.add(new WeightName("v_bias", attention + "v_proj.bias", keys));
        }
        if (config.attentionBias() == AttentionBias.ALL) {
            names.add(new WeightName("o_bias", attention + "o_proj.bias", width));
        }
        if (config.queryKeyNorm()) {
            names.add(new WeightName("q_norm", attention + "q_norm.weight", config.headDim()));
            names.add(new WeightName("k_norm", attention + "k_norm.weight", config.headDim()));
        }
    }
}
