package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.NullNode;
import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.search.json.Json;

import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes config.json. RoPE goes in under its new key and its old one, since readers of either are in use. */
public final class ConfigWriter {

    private ConfigWriter() {
    }

    public static String toJson(ModelConfig config) {
        var family = Family.of(config.modelType());
        if (family == Family.GEMMA3_TEXT) {
            throw new IllegalArgumentException("config.json of " + config.modelType() + " is not written anew");
        }
        var json = new LinkedHashMap<String, Object>();
        json.put("architectures", List.of(family.architecture()));
        json.put("model_type", config.modelType());
        json.put("vocab_size", config.vocabSize());
        json.put("hidden_size", config.hiddenSize());
        json.put("intermediate_size", config.intermediateSize());
        json.put("num_hidden_layers", config.layers());
        json.put("num_attention_heads", config.heads());
        json.put("num_key_value_heads", config.kvHeads());
        json.put("head_dim", config.headDim());
        json.put("hidden_act", "silu");
        json.put("max_position_embeddings", config.maxPositions());
        json.put("rms_norm_eps", config.normEpsilon());
        json.put("tie_word_embeddings", config.tiedEmbeddings());
        json.put("attention_bias", config.attentionBias() == AttentionBias.ALL);
        json.put("mlp_bias", false);
        json.putAll(windows(config));
        if (config.positions() != PositionEncoding.ROPE) {
            json.put("position_encoding", config.positions().key());
        }
        config.bosTokenId().ifPresent(id -> json.put("bos_token_id", id));
        config.eosTokenId().ifPresent(id -> json.put("eos_token_id", id));
        json.putAll(rope(config));
        try {
            return Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> windows(ModelConfig config) {
        var json = new LinkedHashMap<String, Object>();
        if (config.modelType().equals("mistral")) {
            // left out it would mean 4096; the plain null is not written
            json.put("sliding_window", NullNode.getInstance());
        }
        if (!config.windows().isEmpty()) {
            json.put("sliding_window", Collections.max(config.windows()));
            json.put("use_sliding_window", true);
            json.put("layer_types", config.windows().stream().map(window -> window == 0 ? "full_attention" : "sliding_attention").toList());
        }
        return json;
    }

    private static Map<String, Object> rope(ModelConfig config) {
        var json = new LinkedHashMap<String, Object>();
        json.put("rope_theta", config.rope().theta());
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("rope_type", config.ropeConfiguration().map(rope -> rope.type()).orElse("default"));
        parameters.put("rope_theta", config.rope().theta());
        if (config.rope().rotaryDim() < config.headDim()) {
            double rotated = (double) config.rope().rotaryDim() / config.headDim();
            json.put("partial_rotary_factor", rotated);
            parameters.put("partial_rotary_factor", rotated);
        }
        config.ropeConfiguration().ifPresent(rope -> {
            parameters.put("type", rope.type());
            parameters.putAll(rope.parameters());
            if (!rope.type().equals("linear")) {
                json.put("original_max_position_embeddings", config.rope().originalLength());
                parameters.put("original_max_position_embeddings", config.rope().originalLength());
            }
            json.put("rope_scaling", parameters);
        });
        json.put("rope_parameters", parameters);
        return json;
    }
}
