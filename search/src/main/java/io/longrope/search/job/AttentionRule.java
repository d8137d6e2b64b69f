package io.longrope.search.job;

import io.longrope.search.problem.Require;

import java.util.Locale;
import java.util.Optional;

/**
 * How the attention factor follows from the extension ratio s. It is not searched, as in LongRoPE's released code.
 *
 * @param kind     the rule
 * @param constant the factor of {@link Kind#CONSTANT}, 1 otherwise
 */
public record AttentionRule(Kind kind, double constant) {

    /** The rules. */
    public enum Kind {
        /** √(1 + ln s / ln L), Microsoft's "su". */
        SU,
        /** 0.1 ln s + 1, as YaRN recommends. */
        YARN,
        /** Always 1. */
        NONE,
        /** One number at every length. */
        CONSTANT
    }

    /** The rule of Microsoft's tables. */
    public static final AttentionRule SU = new AttentionRule(Kind.SU, 1);

    public AttentionRule {
        Require.present(kind, "attention");
        Require.positive(constant, "attention");
    }

    /** Reads {@code su}, {@code yarn}, {@code none} or a number above 0; empty for anything else. */
    public static Optional<AttentionRule> parse(String text) {
        return switch (text) {
            case "su" -> Optional.of(SU);
            case "yarn" -> Optional.of(new AttentionRule(Kind.YARN, 1));
            case "none" -> Optional.of(new AttentionRule(Kind.NONE, 1));
            default -> parseConstant(text);
        };
    }

    private static Optional<AttentionRule> parseConstant(String text) {
        try {
            double constant = Double.parseDouble(text);
            return constant > 0 && Double.isFinite(constant) ? Optional.of(new AttentionRule(Kind.CONSTANT, constant)) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The attention factor at extension ratio s of a window of L tokens; the named rules give 1 for s ≤ 1. */
    public double factor(double ratio, int originalLength) {
        return switch (kind) {
            case SU -> ratio <= 1 ? 1 : Math.sqrt(1 + Math.log(ratio) / Math.log(originalLength));
            case YARN -> ratio <= 1 ? 1 : 0.1 * Math.log(ratio) + 1;
            case NONE -> 1;
            case CONSTANT -> constant;
        };
    }

    /** What {@link #parse} reads. */
    @Override
    public String toString() {
        return kind == Kind.CONSTANT ? Double.toString(constant) : kind.name().toLowerCase(Locale.ROOT);
    }
}
