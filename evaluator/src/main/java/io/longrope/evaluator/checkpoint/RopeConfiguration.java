package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.DynamicNtk;
import io.longrope.search.rope.Extension;
import io.longrope.search.rope.Llama3;
import io.longrope.search.rope.PositionInterpolation;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScaling;
import io.longrope.search.rope.ShortLongFactors;
import io.longrope.search.rope.Yarn;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The context extension a checkpoint's config.json already asks for, in the vocabulary of transformers
 * ({@code rope_parameters}, formerly {@code rope_scaling}).
 *
 * @param type       linear, dynamic, yarn, llama3 or longrope; plain RoPE has no configuration
 * @param parameters the type's own parameters under their names in config.json: Double, Boolean or List of Double
 */
public record RopeConfiguration(String type, Map<String, Object> parameters) {

    private static final Map<String, List<String>> REQUIRED = Collections.unmodifiableMap(new TreeMap<>(Map.of(
            "linear", List.of("factor"),
            "dynamic", List.of("factor"),
            "yarn", List.of("factor"),
            "llama3", List.of("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"),
            "longrope", List.of("short_factor", "long_factor"))));
    private static final Map<String, List<String>> OPTIONAL = Map.of(
            "linear", List.of(),
            "dynamic", List.of("original_max_position_embeddings"),
            "yarn", List.of("original_max_position_embeddings", "attention_factor", "beta_fast", "beta_slow", "mscale",
                    "mscale_all_dim", "truncate", "finetuned"),
            "llama3", List.of(),
            "longrope", List.of("original_max_position_embeddings", "factor", "attention_factor"));

    public RopeConfiguration {
        Require.that(type != null && REQUIRED.containsKey(type), "rope_type", "must be default or one of " + knownTypes(), type);
        parameters = Collections.unmodifiableMap(new TreeMap<>(Require.present(parameters, "rope parameters")));
        for (var name : REQUIRED.get(type)) {
            Require.that(parameters.containsKey(name), "rope_parameters." + name, "must be given for type " + type, "missing");
        }
        for (var parameter : parameters.entrySet()) {
            check(type, parameter.getKey(), parameter.getValue());
        }
    }

    /** The types that extend a context window, in alphabetical order. */
    public static List<String> knownTypes() {
        return List.copyOf(REQUIRED.keySet());
    }

    /** A parameter that is a single number; empty when it is not given. */
    public OptionalDouble number(String name) {
        return parameters.get(name) instanceof Double number ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    /** {@code short_factor} or {@code long_factor} of type longrope. */
    public double[] factors(String name) {
        if (parameters.get(name) instanceof List<?> list) {
            return list.stream().mapToDouble(factor -> (Double) factor).toArray();
        }
        throw new BadInput("rope_parameters." + name, "must be a list of factors", parameters.get(name), "");
    }

    /**
     * The method behind the type, for a model trained on {@code rope.originalLength()} that claims {@code maxPositions}.
     */
    public RopeScaling scaling(RopeGeometry rope, int maxPositions) {
        var factor = number("factor");
        return switch (type) {
            case "linear" -> new PositionInterpolation(Extension.fixed(factor.orElseThrow()));
            case "dynamic" -> new DynamicNtk(Extension.fixed(factor.orElseThrow()));
            case "yarn" -> new Yarn(Extension.fixed(factor.orElseThrow()), number("beta_fast").orElse(32), number("beta_slow").orElse(1),
                    (Boolean) parameters.getOrDefault("truncate", true), number("mscale").orElse(0), number("mscale_all_dim").orElse(0),
                    number("attention_factor"));
            case "llama3" -> new Llama3(Extension.fixed(factor.orElseThrow()), number("low_freq_factor").orElseThrow(),
                    number("high_freq_factor").orElseThrow());
            case "longrope" -> new ShortLongFactors(RescaleFactors.of(factors("short_factor")), RescaleFactors.of(factors("long_factor")),
                    number("attention_factor").orElseGet(() -> AttentionTemperature.longrope()
                            .factor(rope, factor.orElse(rope.extensionRatio(maxPositions)))));
            default -> throw new IllegalStateException(type);
        };
    }

    private static void check(String type, String name, Object value) {
        var key = "rope_parameters." + name;
        Require.that(REQUIRED.get(type).contains(name) || OPTIONAL.get(type).contains(name), key,
                "must be a parameter of type " + type, value, "known are " + REQUIRED.get(type) + " and " + OPTIONAL.get(type));
        if (name.equals("short_factor") || name.equals("long_factor")) {
            boolean factors = value instanceof List<?> list && !list.isEmpty()
                    && list.stream().allMatch(factor -> factor instanceof Double number && Double.isFinite(number) && number > 0);
            Require.that(factors, key, "must be a list of numbers greater than 0", value);
            return;
        }
        if (name.equals("truncate") || name.equals("finetuned")) {
            Require.that(value instanceof Boolean, key, "must be true or false", value);
            return;
        }
        Require.that(value instanceof Double number && Double.isFinite(number) && number >= 0, key,
                "must be a finite number of at least 0", value);
    }
}
