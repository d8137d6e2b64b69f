package io.longrope.evaluator.checkpoint.internal;

import io.longrope.evaluator.checkpoint.AttentionBias;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** What differs between the known families in what config.json means; where a key is left out, as in transformers. */
enum Family {

    LLAMA("LlamaForCausalLM") {
        @Override
        AttentionBias attentionBias(ConfigFields fields) {
            return fields.optionalFlag("attention_bias").orElse(false) ? AttentionBias.ALL : AttentionBias.NONE;
        }
    },

    MISTRAL("MistralForCausalLM") {
        private static final int DEFAULT_WINDOW = 4096;

        @Override
        List<Integer> windows(ConfigFields fields, int layers) {
            var given = fields.optionalInteger("sliding_window");
            return sliding(given.isPresent() || fields.has("sliding_window") ? given : OptionalInt.of(DEFAULT_WINDOW), layers, layer -> true);
        }
    },

    QWEN2("Qwen2ForCausalLM") {
        @Override
        AttentionBias attentionBias(ConfigFields fields) {
            return AttentionBias.QUERY_KEY_VALUE;
        }

        @Override
        List<Integer> windows(ConfigFields fields, int layers) {
            return windowsOfUpperLayers(fields, layers);
        }
    },

    QWEN3("Qwen3ForCausalLM") {
        @Override
        AttentionBias attentionBias(ConfigFields fields) {
            return fields.optionalFlag("attention_bias").orElse(false) ? AttentionBias.ALL : AttentionBias.NONE;
        }

        @Override
        boolean queryKeyNorm() {
            return true;
        }

        @Override
        List<Integer> windows(ConfigFields fields, int layers) {
            return windowsOfUpperLayers(fields, layers);
        }
    },

    PHI3("Phi3ForCausalLM") {
        @Override
        List<Integer> windows(ConfigFields fields, int layers) {
            return sliding(fields.optionalInteger("sliding_window"), layers, layer -> true);
        }
    };

    private static final int DEFAULT_QWEN_WINDOW = 4096;
    private static final int DEFAULT_QWEN_FULL_LAYERS = 28;

    private final String architecture;

    Family(String architecture) {
        this.architecture = architecture;
    }

    /** As in config.json. */
    String modelType() {
        return name().toLowerCase(Locale.ROOT);
    }

    String architecture() {
        return architecture;
    }

    AttentionBias attentionBias(ConfigFields fields) {
        return AttentionBias.NONE;
    }

    boolean queryKeyNorm() {
        return false;
    }

    List<Integer> windows(ConfigFields fields, int layers) {
        return List.of();
    }

    static List<String> modelTypes() {
        return Arrays.stream(values()).map(Family::modelType).toList();
    }

    static Family of(String modelType) {
        return Arrays.stream(values()).filter(family -> family.modelType().equals(modelType)).findFirst().orElseThrow();
    }

    /** Qwen's rule: layers from max_window_layers on have the window, if it is used at all; layer_types overrides it. */
    private static List<Integer> windowsOfUpperLayers(ConfigFields fields, int layers) {
        if (!fields.optionalFlag("use_sliding_window").orElse(false)) {
            return List.of();
        }
        var window = fields.optionalInteger("sliding_window");
        if (window.isEmpty() && !fields.has("sliding_window")) {
            window = OptionalInt.of(DEFAULT_QWEN_WINDOW);
        }
        var types = fields.texts("layer_types");
        if (types.isEmpty()) {
            int full = fields.optionalInteger("max_window_layers").orElse(DEFAULT_QWEN_FULL_LAYERS);
            return sliding(window, layers, layer -> layer >= full);
        }
        fields.check(types.size() == layers && List.of("full_attention", "sliding_attention").containsAll(types), "layer_types",
                "must be full_attention or sliding_attention for each of " + layers + " layers", types);
        return sliding(window, layers, layer -> types.get(layer).equals("sliding_attention"));
    }

    private static List<Integer> sliding(OptionalInt window, int layers, IntPredicate slides) {
        return window.isEmpty() ? List.of()
                : IntStream.range(0, layers).mapToObj(layer -> slides.test(layer) ? window.getAsInt() : 0).toList();
    }
}
