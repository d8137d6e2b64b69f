package io.longrope.evaluator.decoder.internal;

import io.longrope.evaluator.checkpoint.ModelConfig;

import java.util.ArrayList;
import java.util.List;

/**
 * One weight of a Llama-like checkpoint.
 *
 * @param key    the script's name for it
 * @param stored its name in the checkpoint
 * @param shape  [out, in] for matrices
 */
public record WeightName(String key, String stored, long... shape) {

    public static final String EMBEDDING = "model.embed_tokens.weight";

    static List<WeightName> ofLayer(ModelConfig config, int layer) {
        var prefix = "model.layers." + layer + ".";
        long width = config.hiddenSize();
        long queries = (long) config.heads() * config.headDim();
        long keys = (long) config.kvHeads() * config.headDim();
        long inner = config.intermediateSize();
        return List.of(
                new WeightName("attention_norm", prefix + "input_layernorm.weight", width),
                new WeightName("q", prefix + "self_attn.q_proj.weight", queries, width),
                new WeightName("k", prefix + "self_attn.k_proj.weight", keys, width),
                new WeightName("v", prefix + "self_attn.v_proj.weight", keys, width),
                new WeightName("o", prefix + "self_attn.o_proj.weight", width, queries),
                new WeightName("feed_forward_norm", prefix + "post_attention_layernorm.weight", width),
                new WeightName("gate", prefix + "mlp.gate_proj.weight", inner, width),
                new WeightName("up", prefix + "mlp.up_proj.weight", inner, width),
                new WeightName("down", prefix + "mlp.down_proj.weight", width, inner));
    }

    /** The final norm and the head; the embedding, which may be the head too, is {@link #EMBEDDING}. */
    static List<WeightName> ofEnds(ModelConfig config) {
        long width = config.hiddenSize();
        long vocabulary = config.vocabSize();
        return List.of(
                new WeightName("norm", "model.norm.weight", width),
                new WeightName("head", config.tiedEmbeddings() ? EMBEDDING : "lm_head.weight", vocabulary, width));
    }

    /** Every weight once, in the order checkpoints list them; a tied head is the embedding. */
    public static List<WeightName> stored(ModelConfig config) {
        var names = new ArrayList<WeightName>();
        names.add(new WeightName("embedding", EMBEDDING, config.vocabSize(), config.hiddenSize()));
        for (int layer = 0; layer < config.layers(); layer++) {
            names.addAll(ofLayer(config, layer));
        }
        names.addAll(ofEnds(config));
        return config.tiedEmbeddings() ? names.subList(0, names.size() - 1) : names;
    }
}
