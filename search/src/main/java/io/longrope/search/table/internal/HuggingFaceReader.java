package io.longrope.search.table.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Finds a factor table in a config.json, old key or new, as transformers would apply it. */
public final class HuggingFaceReader {

    private HuggingFaceReader() {
    }

    private static final String GEMMA = "gemma3_text";

    /** The rotary dimension and base a config states; a table's own keys alone state the dimension by their length. */
    public record Base(int rotaryDim, double theta) {
    }

    public static FactorTable read(Path file, ObjectNode config) {
        var rope = rope(config);
        var type = rope.path("rope_type").asText(rope.path("type").asText("default"));
        Require.that(type.equals("longrope") || type.equals("su"), file + ": rope_type", "must be longrope to hold factors", type,
                "a known method needs no table");
        var longFactors = factors(file, rope, "long_factor");
        var shortFactors = factors(file, rope, "short_factor");
        var base = base(file, config);
        requirePairs(file, "long_factor", longFactors, base);
        requirePairs(file, "short_factor", shortFactors, base);
        int window = whole(file, config, "max_position_embeddings");
        int original = rope.has("original_max_position_embeddings") ? whole(file, rope, "original_max_position_embeddings")
                : whole(file, config, "original_max_position_embeddings");
        var geometry = new RopeGeometry(base.rotaryDim(), base.theta(), original);
        Require.that(window > original, file + ": max_position_embeddings", "must be greater than original_max_position_embeddings, "
                + original, window);
        double ratio = number(file, rope, "factor").orElse(geometry.extensionRatio(window));
        double attention = number(file, rope, "attention_factor")
                .orElseGet(() -> AttentionTemperature.longrope().factor(geometry, ratio));
        double shortAttention = number(file, rope, "short_mscale").orElse(attention);
        double longAttention = number(file, rope, "long_mscale").orElse(attention);
        var entries = List.of(
                TableEntry.of(original, Measured.unmeasured(new Candidate(shortFactors, 0, shortAttention))),
                TableEntry.of(window, Measured.unmeasured(new Candidate(longFactors, 0, longAttention))));
        var model = config.path("_name_or_path").asText("");
        return new FactorTable(model.isBlank() ? config.path("model_type").asText("unnamed") : model, geometry, entries,
                List.of("read from " + file.getFileName()));
    }

    public static Base base(Path file, ObjectNode config) {
        var rope = rope(config);
        for (var field : rope.properties()) {
            Require.that(!field.getValue().isObject(), file + ": rope_parameters", "must be the same for all layers",
                    "one for '" + field.getKey() + "'", "a model with several kinds of rotary layers has no table here");
        }
        double theta = number(file, rope, "rope_theta").orElseGet(() -> number(file, config, "rope_theta").orElse(isGemma(config) ? 1_000_000 : 10_000));
        return new Base(rotaryDim(file, config, rope), theta);
    }

    /** The base of Gemma's layers with a sliding window, which no table is for; empty for a model whose layers all turn alike. */
    public static OptionalDouble localTheta(Path file, ObjectNode config) {
        if (!isGemma(config)) {
            return OptionalDouble.empty();
        }
        var local = config.path("rope_parameters").get("sliding_attention") instanceof ObjectNode rope ? number(file, rope, "rope_theta") : OptionalDouble.empty();
        return OptionalDouble.of(local.orElseGet(() -> number(file, config, "rope_local_base_freq").orElse(10_000)));
    }

    private static boolean isGemma(ObjectNode config) {
        return config.path("model_type").asText().equals(GEMMA);
    }

    public static Optional<Double> partialRotaryFactor(ObjectNode config) {
        var stated = rope(config).has("partial_rotary_factor") ? rope(config) : config;
        return Optional.of(stated.path("partial_rotary_factor")).filter(JsonNode::isNumber).map(JsonNode::doubleValue);
    }

    private static int rotaryDim(Path file, ObjectNode config, ObjectNode rope) {
        int headDim;
        if (config.path("head_dim").isInt()) {
            headDim = whole(file, config, "head_dim");
        } else if (config.has("hidden_size")) {
            headDim = whole(file, config, "hidden_size") / whole(file, config, "num_attention_heads");
        } else {
            return 2 * factors(file, rope, "long_factor").pairs();
        }
        return (int) (headDim * partialRotaryFactor(config).orElse(1.0));
    }

    private static ObjectNode rope(ObjectNode config) {
        for (var key : List.of("rope_parameters", "rope_scaling")) {
            if (config.get(key) instanceof ObjectNode rope) {
                return isGemma(config) && rope.get("full_attention") instanceof ObjectNode full ? full : rope;
            }
        }
        return JsonNodeFactory.instance.objectNode();
    }

    private static void requirePairs(Path file, String key, RescaleFactors factors, Base base) {
        Require.that(factors.pairs() * 2 == base.rotaryDim(), file + ": " + key, "must have " + base.rotaryDim() / 2
                + " factors, half the rotary dimension", factors.pairs());
    }

    private static RescaleFactors factors(Path file, ObjectNode rope, String key) {
        var json = rope.path(key);
        Require.that(json.isArray() && !json.isEmpty(), file + ": " + key, "must be a list of numbers",
                json.isMissingNode() ? "missing" : json.getNodeType().toString().toLowerCase(Locale.ROOT));
        var factors = new double[json.size()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = json.get(i).isNumber() ? json.get(i).doubleValue() : Double.NaN;
            Require.that(factors[i] > 0 && Double.isFinite(factors[i]), file + ": " + key + "[" + i + "]",
                    "must be a finite number greater than 0", json.get(i));
        }
        return RescaleFactors.of(factors);
    }

    private static int whole(Path file, ObjectNode json, String key) {
        var value = json.path(key);
        if (!value.isInt() || value.intValue() < 1) {
            throw new BadInput(file + ": " + key, "must be a whole number of at least 1", value.isMissingNode() ? "missing" : value, "");
        }
        return value.intValue();
    }

    private static OptionalDouble number(Path file, ObjectNode json, String key) {
        if (!json.hasNonNull(key)) {
            return OptionalDouble.empty();
        }
        Require.that(json.get(key).isNumber() && json.get(key).doubleValue() > 0, file + ": " + key, "must be a number greater than 0", json.get(key));
        return OptionalDouble.of(json.get(key).doubleValue());
    }
}
