package io.longrope.evaluator.checkpoint.internal;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.search.problem.Plural;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** What differs between the known families in what config.json means; where a key is left out, as in transformers. */
enum Family {

    LLAMA("LlamaForCausalLM") {
        @Override
        AttentionBias attentionBias(ConfigFields fields) {
            return biasWhereAsked(fields);
        }
    },

    MISTRAL("MistralForCausalLM") {
        private static final int DEFAULT_WINDOW = 4096;

        @Override
        List<Integer> windows(ConfigFields fields, int layers) {
            var given = fields.optionalInteger("sliding_window");
            return sliding(given.isPresent() || fields.has("sliding_window") ? given : OptionalInt.of(DEFAULT_WINDOW), layers,
                    layer -> true);
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
            return biasWhereAsked(fields);
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
        double defaultNormEpsilon() {
            return 1e-5;
        }

        @Override
        List<Integer> windows(ConfigFields fields, int layers) {
            return sliding(fields.optionalInteger("sliding_window"), layers, layer -> true);
        }
    },

    GEMMA3_TEXT("Gemma3ForCausalLM") {
        private static final double DEFAULT_QUERY_SCALAR = 256;
        private static final int DEFAULT_WINDOW = 4096;
        private static final int DEFAULT_PATTERN = 6;

        @Override
        AttentionBias attentionBias(ConfigFields fields) {
            return biasWhereAsked(fields);
        }

        @Override
        boolean queryKeyNorm() {
            return true;
        }

        @Override
        boolean tiedByDefault() {
            return true;
        }

        @Override
        List<Integer> windows(ConfigFields fields, int layers) {
            var types = fields.texts("layer_types");
            if (!types.isEmpty()) {
                return slidingByType(fields, types, layers);
            }
            int pattern = fields.optionalInteger("sliding_window_pattern").orElse(DEFAULT_PATTERN);
            return sliding(OptionalInt.of(fields.optionalInteger("sliding_window").orElse(DEFAULT_WINDOW)), layers,
                    layer -> (layer + 1) % pattern != 0);
        }

        @Override
        void checkActivation(ConfigFields fields) {
            fields.optionalText("hidden_activation").ifPresent(activation -> fields.check(activation.equals("gelu_pytorch_tanh"),
                    "hidden_activation", "must be gelu_pytorch_tanh", activation));
            for (var key : List.of("attn_logit_softcapping", "final_logit_softcapping")) {
                fields.optionalNumber(key).ifPresent(cap -> fields.check(false, key, "must be null", cap));
            }
            fields.optionalFlag("use_bidirectional_attention").ifPresent(both ->
                    fields.check(!both, "use_bidirectional_attention", "must be false", both));
        }

        @Override
        BlockVariant variant(ConfigFields fields, OptionalDouble localTheta) {
            double scale = StrictMath.pow(fields.optionalNumber("query_pre_attn_scalar").orElse(DEFAULT_QUERY_SCALAR), -0.5);
            return new BlockVariant(true, true, true, Math.sqrt(fields.integer("hidden_size")), OptionalDouble.of(scale), localTheta);
        }
    },

    /** Llama's blocks with other positions than RoPE's. */
    LONGROPE("LongropeForCausalLM") {
        @Override
        List<Integer> windows(ConfigFields fields, int layers) {
            var types = fields.texts("layer_types");
            return types.isEmpty() ? List.of() : slidingByType(fields, types, layers);
        }

        @Override
        PositionEncoding positions(ConfigFields fields) {
            return PositionEncoding.named(fields.name("position_encoding"), fields.text("position_encoding"));
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

    private static AttentionBias biasWhereAsked(ConfigFields fields) {
        return fields.optionalFlag("attention_bias").orElse(false) ? AttentionBias.ALL : AttentionBias.NONE;
    }

    boolean queryKeyNorm() {
        return false;
    }

    List<Integer> windows(ConfigFields fields, int layers) {
        return List.of();
    }

    BlockVariant variant(ConfigFields fields, OptionalDouble localTheta) {
        return BlockVariant.LLAMA;
    }

    PositionEncoding positions(ConfigFields fields) {
        return PositionEncoding.ROPE;
    }

    void checkActivation(ConfigFields fields) {
        fields.optionalText("hidden_act").ifPresent(activation ->
                fields.check(activation.equals("silu"), "hidden_act", "must be silu", activation));
    }

    /** What a missing tie_word_embeddings means. */
    boolean tiedByDefault() {
        return false;
    }

    /** What a missing rms_norm_eps means. */
    double defaultNormEpsilon() {
        return 1e-6;
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
        var types = fields.texts("layer_types");
        if (types.isEmpty()) {
            var window = fields.optionalInteger("sliding_window");
            int full = fields.optionalInteger("max_window_layers").orElse(DEFAULT_QWEN_FULL_LAYERS);
            return sliding(window.isPresent() || fields.has("sliding_window") ? window : OptionalInt.of(DEFAULT_QWEN_WINDOW), layers,
                    layer -> layer >= full);
        }
        return slidingByType(fields, types, layers);
    }

    private static List<Integer> slidingByType(ConfigFields fields, List<String> types, int layers) {
        fields.check(types.size() == layers && List.of("full_attention", "sliding_attention").containsAll(types), "layer_types",
                "must be full_attention or sliding_attention for each of " + Plural.of(layers, "layer"), types);
        var window = fields.optionalInteger("sliding_window");
        fields.check(window.isPresent() || !types.contains("sliding_attention"), "sliding_window", "must be given for sliding layers",
                "missing");
        return sliding(window, layers, layer -> types.get(layer).equals("sliding_attention"));
    }

    private static List<Integer> sliding(OptionalInt window, int layers, IntPredicate slides) {
        return window.isEmpty() ? List.of()
                : IntStream.range(0, layers).mapToObj(layer -> slides.test(layer) ? window.getAsInt() : 0).toList();
    }
}
