package io.longrope.evaluator.checkpoint.internal;

import io.longrope.search.problem.Suggestion;
import io.longrope.search.table.gguf.GgufHeader;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The architectures of GGUF files that are known here: which model_type of transformers each is, and where transformers keeps what a
 * tensor of it holds. Mistral's files say llama.
 */
public enum GgufArchitecture {

    LLAMA("llama", Map.of()),

    QWEN2("qwen2", Map.of()),

    QWEN3("qwen3", Map.of()),

    PHI3("phi3", Map.of("attn_qkv", "self_attn.qkv_proj", "ffn_up", "mlp.gate_up_proj")),

    GEMMA3("gemma3_text", Map.of("post_attention_norm", "post_attention_layernorm", "ffn_norm", "pre_feedforward_layernorm",
            "post_ffw_norm", "post_feedforward_layernorm"));

    private static final Map<String, String> LAYER = Map.ofEntries(
            Map.entry("attn_norm", "input_layernorm"), Map.entry("ffn_norm", "post_attention_layernorm"),
            Map.entry("attn_q", "self_attn.q_proj"), Map.entry("attn_k", "self_attn.k_proj"), Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"), Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("attn_output", "self_attn.o_proj"), Map.entry("ffn_gate", "mlp.gate_proj"), Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"));
    private static final Map<String, String> ENDS = Map.of("token_embd", "model.embed_tokens", "output_norm", "model.norm",
            "output", "lm_head");
    private static final Pattern OF_LAYER = Pattern.compile("blk\\.(\\d{1,6})\\.(\\w+)\\.(weight|bias)");
    private static final Pattern OF_ENDS = Pattern.compile("(\\w+)\\.(weight|bias)");

    private final String modelType;
    private final Map<String, String> ownLayer;

    GgufArchitecture(String modelType, Map<String, String> own) {
        this.modelType = modelType;
        this.ownLayer = own;
    }

    /** @throws io.longrope.search.problem.BadInput when the file's is not known here */
    public static GgufArchitecture of(GgufHeader header) {
        var key = "general.architecture";
        var name = header.text(key).orElseThrow(() -> header.bad(key, "must be given", "missing", ""));
        return Arrays.stream(values()).filter(known -> known.key().equals(name)).findFirst().orElseThrow(() -> header.bad(key,
                "must be one of " + keys() + " to be read as a model", name, name.equals("gemma2")
                        ? "Gemma 2 caps the scores of its attention, which fused attention cannot" : Suggestion.forName(name, keys())));
    }

    private static List<String> keys() {
        return Arrays.stream(values()).map(GgufArchitecture::key).toList();
    }

    /** As general.architecture says it, before each of its keys. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    String modelType() {
        return modelType;
    }

    /** transformers' name for a tensor; empty where it has none that is known here. */
    public Optional<String> name(String tensor) {
        var layer = OF_LAYER.matcher(tensor);
        if (layer.matches()) {
            var parts = new HashMap<>(LAYER);
            parts.putAll(ownLayer);
            return Optional.ofNullable(parts.get(layer.group(2)))
                    .map(part -> "model.layers." + Integer.parseInt(layer.group(1)) + "." + part + "." + layer.group(3));
        }
        var end = OF_ENDS.matcher(tensor);
        return end.matches() ? Optional.ofNullable(ENDS.get(end.group(1))).map(part -> part + "." + end.group(2)) : Optional.empty();
    }

    /** llama.cpp rotates neighbours (2i, 2i + 1) in files of architecture llama, halves (i, i + d/2) in all others. */
    public boolean interleaves(String tensor) {
        return this == LLAMA && (tensor.contains(".attn_q.") || tensor.contains(".attn_k."));
    }

    /** What a tensor's numbers are more than transformers': Gemma's norms are stored there as their difference from 1. */
    public float added(String tensor) {
        return this == GEMMA3 && tensor.endsWith("norm.weight") ? 1 : 0;
    }
}
