package io.longrope.search.rope;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.internal.RopeParameters;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The context extension a checkpoint's config.json already asks for, in the vocabulary of transformers. {@link RopeDictionary}
 * reads it: defaults are filled in, and original_max_position_embeddings is in the geometry.
 *
 * @param type       linear, dynamic, yarn, llama3, longrope or proportional; plain RoPE has no configuration
 * @param parameters the type's own parameters under their names in config.json: Double, Boolean or List of Double
 */
public record RopeConfiguration(String type, Map<String, Object> parameters) {

    public RopeConfiguration {
        Require.that(RopeParameters.types().contains(type), "rope_type", "must be one of " + RopeParameters.types(), type);
        parameters = Collections.unmodifiableMap(new TreeMap<>(Require.present(parameters, "rope parameters")));
        parameters.forEach((name, value) -> Require.that(value instanceof Double || value instanceof Boolean || value instanceof List<?>,
                "rope_parameters." + name, "must be a number, true, false or a list", value));
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
            case "dynamic" -> new DynamicNtk(Extension.fixed(factor.orElseThrow()), OptionalInt.of(maxPositions));
            case "yarn" -> new Yarn(Extension.fixed(factor.orElseThrow()), number("beta_fast").orElse(32), number("beta_slow").orElse(1),
                    (Boolean) parameters.getOrDefault("truncate", true), number("mscale").orElse(0), number("mscale_all_dim").orElse(0),
                    number("attention_factor"));
            case "llama3" -> new Llama3(Extension.fixed(factor.orElseThrow()), number("low_freq_factor").orElseThrow(),
                    number("high_freq_factor").orElseThrow());
            case "longrope" -> new ShortLongFactors(RescaleFactors.ofFinite(factors("short_factor")),
                    RescaleFactors.ofFinite(factors("long_factor")),
                    number("attention_factor").orElseGet(() -> AttentionTemperature.longrope()
                            .factor(rope, factor.orElse(rope.extensionRatio(maxPositions)))));
            case "proportional" -> new ProportionalRope(number("partial_rotary_factor").orElseThrow(), factor.orElseThrow());
            default -> throw new IllegalStateException(type);
        };
    }
}
