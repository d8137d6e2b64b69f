package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;

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
            "longrope", List.of("original_max_position_embeddings", "factor", "attention_factor", "short_mscale", "long_mscale"));

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
