package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Plural;
import io.longrope.search.table.gguf.GgufHeader;
import io.longrope.search.table.gguf.GgufValueType;

import java.util.OptionalInt;
import java.util.function.IntPredicate;

/**
 * The metadata of a GGUF file as the config.json of the same model: what llama.cpp would do, in the words of transformers. So there is
 * one reader of configurations, and what it refuses in a config.json it refuses here.
 */
public final class GgufConfig {

    /** llama.cpp: layers of a Gemma 3 whose queries are scaled by the width per head, not by the head's own. */
    private static final int GEMMA3_27B_LAYERS = 62;
    private static final int GEMMA3_PATTERN = 6;
    private static final double GEMMA3_LOCAL_BASE = 10_000;

    private final GgufHeader header;
    private final GgufArchitecture architecture;
    private final ObjectNode config = Json.mapper().createObjectNode();

    private GgufConfig(GgufHeader header) {
        this.header = header;
        this.architecture = GgufArchitecture.of(header);
    }

    /**
     * @throws io.longrope.search.problem.BadInput when the file is a part of a model, of an architecture not known here, or leaves out what
     *                                             decides a logit
     */
    public static ObjectNode of(GgufHeader header) {
        header.requireWhole();
        var config = new GgufConfig(header);
        config.shape();
        config.blocks();
        config.window();
        config.tokens();
        new GgufRope(header, config::key, config.headDim()).writeTo(config.config);
        return config.config;
    }

    /** Width of a head, as llama.cpp defaults it. */
    public static int headDim(GgufHeader header) {
        return new GgufConfig(header).headDim();
    }

    private String key(String name) {
        return architecture.key() + "." + name;
    }

    private void shape() {
        config.put("model_type", architecture.modelType());
        config.putArray("architectures").add(Family.of(architecture.modelType()).architecture());
        config.put("vocab_size", vocabulary());
        config.put("hidden_size", whole("embedding_length"));
        config.put("intermediate_size", whole("feed_forward_length"));
        config.put("num_hidden_layers", whole("block_count"));
        config.put("num_attention_heads", whole("attention.head_count"));
        config.put("num_key_value_heads", optional("attention.head_count_kv").orElseGet(() -> whole("attention.head_count")));
        config.put("head_dim", headDim());
        config.put("max_position_embeddings", whole("context_length"));
        config.put("rms_norm_eps", number("attention.layer_norm_rms_epsilon"));
        config.put("tie_word_embeddings", !header.tensors().containsKey("output.weight"));
        int values = optional("attention.value_length").orElse(headDim());
        require(values == headDim(), "attention.value_length", "must be attention.key_length, " + headDim(), values);
        require(optional("expert_count").orElse(0) == 0, "expert_count", "must be 0: a mixture of experts is not known here",
                optional("expert_count").orElse(0));
    }

    /** Rows of the embedding, which may be more than the tokenizer has tokens. */
    private int vocabulary() {
        var embedding = header.tensors().get("token_embd.weight");
        if (embedding == null || embedding.dimensions().size() != 2) {
            throw header.bad("token_embd.weight", "must be a matrix", embedding == null ? "missing" : embedding.dimensions(),
                    embedding == null ? "a file of a vocabulary alone is no model" : "");
        }
        return Math.toIntExact(embedding.dimensions().get(1));
    }

    private void blocks() {
        boolean biased = header.tensors().containsKey("blk.0.attn_q.bias");
        switch (architecture) {
            case LLAMA, QWEN3 -> {
                boolean all = header.tensors().containsKey("blk.0.attn_output.bias");
                if (biased != all) {
                    throw header.bad("blk.0.attn_output.bias", "must be there where blk.0.attn_q.bias is, and only there",
                            biased ? "missing" : "alone", "");
                }
                config.put("attention_bias", biased);
                config.put("hidden_act", "silu");
            }
            case QWEN2, PHI3 -> config.put("hidden_act", "silu");
            case GEMMA3 -> {
                config.put("hidden_activation", "gelu_pytorch_tanh");
                boolean largest = whole("block_count") == GEMMA3_27B_LAYERS;
                config.put("query_pre_attn_scalar",
                        largest ? whole("embedding_length") / whole("attention.head_count") : headDim());
                for (var cap : new String[] {"attn_logit_softcapping", "final_logit_softcapping"}) {
                    double value = header.number(key(cap)).orElse(0);
                    require(value == 0, cap, "must be 0", value);
                }
            }
        }
    }

    /**
     * Phi-3's window is that of transformers; llama.cpp leaves it out, so that beyond it both differ. Files of the other architectures
     * have none, or one that llama.cpp does not use.
     */
    private void window() {
        int window = optional("attention.sliding_window").orElse(0);
        if (architecture == GgufArchitecture.PHI3 && window > 0) {
            config.put("sliding_window", window);
        }
        if (architecture != GgufArchitecture.GEMMA3) {
            return;
        }
        int layers = whole("block_count");
        var types = config.putArray("layer_types");
        var slides = slides(layers);
        for (int layer = 0; layer < layers; layer++) {
            types.add(window > 0 && slides.test(layer) ? "sliding_attention" : "full_attention");
        }
        if (window > 0) {
            config.put("sliding_window", window);
        }
        config.put("rope_local_base_freq", header.number(key("rope.freq_base_swa")).orElse(GEMMA3_LOCAL_BASE));
    }

    /** A file may say it of each layer, or that all but each n-th do; most say nothing. */
    private IntPredicate slides(int layers) {
        var key = key("attention.sliding_window_pattern");
        if (header.has(key) && header.entries().get(key).type() == GgufValueType.ARRAY) {
            var flags = header.flags(key);
            require(flags.size() >= layers, "attention.sliding_window_pattern", "must say it of " + Plural.of(layers, "layer"),
                    flags.size());
            return flags::get;
        }
        int pattern = optional("attention.sliding_window_pattern").orElse(GEMMA3_PATTERN);
        require(pattern > 0, "attention.sliding_window_pattern", "must be at least 1", pattern);
        return layer -> (layer + 1) % pattern != 0;
    }

    private void tokens() {
        for (var name : new String[] {"bos", "eos"}) {
            header.whole("tokenizer.ggml." + name + "_token_id").ifPresent(id -> config.put(name + "_token_id", Math.toIntExact(id)));
        }
    }

    private int headDim() {
        var stated = optional("attention.key_length");
        return stated.isPresent() ? stated.getAsInt() : whole("embedding_length") / Math.max(1, whole("attention.head_count"));
    }

    private int whole(String name) {
        return optional(name).orElseThrow(() -> header.bad(key(name), "must be given", "missing", ""));
    }

    private OptionalInt optional(String name) {
        var value = header.whole(key(name));
        value.ifPresent(found -> require(found >= 0 && found <= Integer.MAX_VALUE, name, "must be below 2^31", found));
        return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
    }

    private double number(String name) {
        return decimal(header.number(key(name)).orElseThrow(() -> header.bad(key(name), "must be given", "missing", "")));
    }

    private void require(boolean holds, String name, String rule, Object found) {
        if (!holds) {
            throw header.bad(key(name), rule, found, "");
        }
    }

    /** The number that was meant by its float32: 0.00001, not 0.0000099999997. */
    static double decimal(double stored) {
        return (float) stored == stored ? Double.parseDouble(Float.toString((float) stored)) : stored;
    }
}
