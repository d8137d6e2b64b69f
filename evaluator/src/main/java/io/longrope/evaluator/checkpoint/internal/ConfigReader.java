package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.RopeConfiguration;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.RopeGeometry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/** Reads config.json of the known families; whatever would change a logit and is not understood is an error. */
public final class ConfigReader {

    private static final Set<String> NOT_PARAMETERS = Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor");

    /** What changes a logit and no decoder here does. */
    private static final List<String> MUST_BE_FALSE = List.of("mlp_bias", "lm_head_bias", "rope_interleaved");

    /** More than any model has; bounds what a hostile file makes us allocate. */
    private static final int MAXIMUM_LAYERS = 10_000;

    private ConfigReader() {
    }

    public static ModelConfig read(Path file) {
        var fields = ConfigFields.read(file);
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
        var explicitHeadDim = fields.optionalInteger("head_dim");
        fields.check(explicitHeadDim.isPresent() || hiddenSize % heads == 0, "hidden_size",
                "must be a multiple of num_attention_heads = " + heads + " when head_dim is not given", hiddenSize);
        int headDim = explicitHeadDim.orElse(hiddenSize / heads);
        int layers = fields.integer("num_hidden_layers");
        fields.check(layers > 0 && layers <= MAXIMUM_LAYERS, "num_hidden_layers", "must be in [1, " + MAXIMUM_LAYERS + "]", layers);
        int kvHeads = family == Family.LLAMA || family == Family.PHI3 || fields.has("num_key_value_heads")
                ? fields.optionalInteger("num_key_value_heads").orElse(heads) : fields.integer("num_key_value_heads");
        int maxPositions = fields.integer("max_position_embeddings");
        var rope = rope(fields);
        return located(file, () -> new ModelConfig(modelType, fields.integer("vocab_size"), hiddenSize, fields.integer("intermediate_size"),
                layers, heads, kvHeads, headDim,
                geometry(family, fields, rope, headDim, maxPositions), configuration(rope), maxPositions, fields.number("rms_norm_eps"),
                fields.optionalFlag("tie_word_embeddings").orElse(family.tiedByDefault()),
                family.attentionBias(fields), family.queryKeyNorm(), family.windows(fields, layers), family.variant(fields), family.positions(fields),
                fields.tokenId("bos_token_id"), fields.tokenId("eos_token_id")));
    }

    private static Optional<ConfigFields> rope(ConfigFields fields) {
        var rope = fields.object("rope_parameters");
        var full = rope.flatMap(inner -> inner.object("full_attention"));
        if (full.isPresent()) {
            return full;
        }
        return rope.isPresent() ? rope : fields.object("rope_scaling");
    }

    private static RopeGeometry geometry(Family family, ConfigFields fields, Optional<ConfigFields> rope, int headDim, int maxPositions) {
        double theta = rope.map(inner -> inner.optionalNumber("rope_theta")).filter(found -> found.isPresent())
                .orElseGet(() -> fields.optionalNumber("rope_theta")).orElse(family.defaultTheta());
        double rotated = rope.map(inner -> inner.optionalNumber("partial_rotary_factor")).filter(found -> found.isPresent())
                .orElseGet(() -> fields.optionalNumber("partial_rotary_factor")).orElse(1);
        int originalLength = rope.map(inner -> inner.optionalInteger("original_max_position_embeddings"))
                .filter(found -> found.isPresent())
                .orElseGet(() -> fields.optionalInteger("original_max_position_embeddings")).orElse(maxPositions);
        return new RopeGeometry((int) (headDim * rotated), theta, originalLength);
    }

    private static Optional<RopeConfiguration> configuration(Optional<ConfigFields> rope) {
        if (rope.isEmpty()) {
            return Optional.empty();
        }
        var fields = rope.get();
        var named = fields.optionalText("rope_type").or(() -> fields.optionalText("type"));
        // the first Phi-3 checkpoints called it su
        var type = named.orElse("default").replaceFirst("^su$", "longrope");
        if (type.equals("default")) {
            return Optional.empty();
        }
        var parameters = new TreeMap<String, Object>();
        for (var key : fields.keys()) {
            if (!NOT_PARAMETERS.contains(key)) {
                fields.node(key).ifPresent(value -> parameters.put(key, parameter(value)));
            }
        }
        return Optional.of(new RopeConfiguration(type, parameters));
    }

    private static Object parameter(JsonNode value) {
        if (value.isNumber()) {
            return value.doubleValue();
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isArray()) {
            return StreamSupport.stream(value.spliterator(), false).map(ConfigReader::parameter).toList();
        }
        return value.toString();
    }

    /** Adds the file to complaints of constructors that do not know where their values come from. */
    private static ModelConfig located(Path file, Supplier<ModelConfig> config) {
        try {
            return config.get();
        } catch (BadInput e) {
            if (e.problems().get(0).name().startsWith(file.toString())) {
                throw e;
            }
            var located = e.problems().stream()
                    .map(problem -> new Problem(file + ": " + problem.name(), problem.rule(), problem.found(), problem.wayOut())).toList();
            throw new BadInput(located);
        }
    }
}
