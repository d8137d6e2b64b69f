package io.longrope.search.rope;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;

/**
 * What cos and sin are multiplied by so that attention over a longer window stays as sharp as it was.
 *
 * @param rule  how the factor follows the extension ratio s
 * @param value the factor when the rule is {@link Rule#CONSTANT}; 1 otherwise
 */
public record AttentionTemperature(Rule rule, double value) {

    public enum Rule {
        /** sqrt(1 + ln s / ln L), "su" in Microsoft's code; 1 for s ≤ 1. */
        LONGROPE,
        /** 0.1 ln s + 1 (YaRN, eq. 22); 1 for s ≤ 1. */
        YARN,
        CONSTANT
    }

    public AttentionTemperature {
        Require.present(rule, "attentionTemperature");
        Require.positive(value, "attentionTemperature");
        Require.that(rule == Rule.CONSTANT || value == 1, "attentionTemperature", "must be 1 unless constant", value);
    }

    public static AttentionTemperature longrope() {
        return new AttentionTemperature(Rule.LONGROPE, 1);
    }

    public static AttentionTemperature yarn() {
        return new AttentionTemperature(Rule.YARN, 1);
    }

    public static AttentionTemperature none() {
        return constant(1);
    }

    public static AttentionTemperature constant(double factor) {
        return new AttentionTemperature(Rule.CONSTANT, factor);
    }

    /** Reads "longrope" (or "su"), "yarn", "none" or a number. */
    @JsonCreator
    public static AttentionTemperature parse(String text) {
        switch (text) {
            case "longrope", "su":
                return longrope();
            case "yarn":
                return yarn();
            case "none":
                return none();
            default:
                try {
                    return constant(Double.parseDouble(text));
                } catch (NumberFormatException e) {
                    throw new BadInput("attention temperature", "must be longrope, yarn, none or a number", text, "");
                }
        }
    }

    /** @param extensionRatio s = target length / L */
    public double factor(RopeGeometry geometry, double extensionRatio) {
        if (rule == Rule.CONSTANT || extensionRatio <= 1) {
            return value;
        }
        return rule == Rule.YARN ? 0.1 * StrictMath.log(extensionRatio) + 1
                : Math.sqrt(1 + StrictMath.log(extensionRatio) / StrictMath.log(geometry.originalLength()));
    }

    public double factor(RopeGeometry geometry, int length) {
        return factor(geometry, geometry.extensionRatio(length));
    }

    /** What {@link #parse} reads. */
    @JsonValue
    @Override
    public String toString() {
        return switch (rule) {
            case LONGROPE -> "longrope";
            case YARN -> "yarn";
            case CONSTANT -> value == 1 ? "none" : Double.toString(value);
        };
    }
}
