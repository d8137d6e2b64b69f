package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.RopeDictionary;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Reads config.json of the known families; whatever would change a logit and is not understood is an error. */
public final class ConfigReader {

    /** What changes a logit and no decoder here does. */
    private static final List<String> MUST_BE_FALSE = List.of("mlp_bias", "lm_head_bias", "rope_interleaved");

    /** More than any model has; bounds what a hostile file makes us allocate. */
    private static final int MAXIMUM_LAYERS = 10_000;

    private ConfigReader() {
    }

    public static ModelConfig read(Path file) {
        return read(file.toString(), ConfigFields.read(file));
    }

    public static ModelConfig read(String place, JsonNode config) {
        return read(place, ConfigFields.of(place, config));
    }

    private static ModelConfig read(String file, ConfigFields fields) {
        if (fields.has("text_config") && !fields.has("hidden_size")) {
            throw new BadInput(file, "must be the config.json of a language model", "one with a text_config, of text and something else",
                    "save its language model alone (in transformers model.language_model.save_pretrained(DIR)) and its tokenizer with it");
        }
        var modelType = fields.text("model_type");
        if (!Family.modelTypes().contains(modelType)) {
            throw new BadInput(fields.name("model_type"), "must be one of " + Family.modelTypes(), modelType,
                    modelType.equals("gemma2") ? "Gemma 2 caps the scores of its attention, which fused attention cannot"
                            : Suggestion.forName(modelType, Family.modelTypes()));
        }
        var family = Family.of(modelType);
        family.checkActivation(fields);
        for (var key : MUST_BE_FALSE) {
            fields.optionalFlag(key).ifPresent(flag -> fields.check(!flag, key, "must be false", flag));
        }
        fields.node("quantization_config").ifPresent(found ->
                fields.check(false, "quantization_config", "must be absent: weights are F32, F16 or BF16", found));

        int hiddenSize = fields.integer("hidden_size");
        int heads = fields.integer("num_attention_heads");
        fields.check(heads > 0, "num_attention_heads", "must be at least 1", heads);
        int layers = fields.integer("num_hidden_layers");
        fields.check(layers > 0 && layers <= MAXIMUM_LAYERS, "num_hidden_layers", "must be in [1, " + MAXIMUM_LAYERS + "]", layers);
        int kvHeads = family == Family.LLAMA || family == Family.PHI3 || fields.has("num_key_value_heads")
                ? fields.optionalInteger("num_key_value_heads").orElse(heads) : fields.integer("num_key_value_heads");
        return located(file, () -> {
            var rope = RopeDictionary.read(file, fields.json());
            var extension = rope.configuration();
            rope.notes().forEach(note -> Remarks.tell(file, note));
            return new ModelConfig(modelType, fields.integer("vocab_size"), hiddenSize, fields.integer("intermediate_size"), layers, heads,
                    kvHeads,
                    rope.headDim().orElseThrow(), rope.geometry(), extension, rope.window(),
                    fields.optionalNumber("rms_norm_eps").orElse(family.defaultNormEpsilon()),
                    fields.optionalFlag("tie_word_embeddings").orElse(family.tiedByDefault()), family.attentionBias(fields),
                    family.queryKeyNorm(),
                    family.windows(fields, layers), family.variant(fields, rope.localTheta()), family.positions(fields),
                    fields.tokenId("bos_token_id"), fields.tokenId("eos_token_id"));
        });
    }

    /** Adds the file to complaints of constructors that do not know where their values come from. */
    private static ModelConfig located(String file, Supplier<ModelConfig> config) {
        try {
            return config.get();
        } catch (BadInput e) {
            if (e.problems().get(0).name().startsWith(file)) {
                throw e;
            }
            var located = e.problems().stream()
                    .map(problem -> new Problem(file + ": " + problem.name(), problem.rule(), problem.found(), problem.wayOut())).toList();
            throw new BadInput(located);
        }
    }
}
