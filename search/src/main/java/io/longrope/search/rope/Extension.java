package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.OptionalDouble;

/**
 * How far a method stretches: by a factor fixed beforehand, as a checkpoint's configuration states one, or just as far as
 * the length needs.
 *
 * @param factor at least 1, used at every length; empty = max(1, length / L)
 */
public record Extension(OptionalDouble factor) {

    public Extension {
        Require.present(factor, "factor");
        factor.ifPresent(value ->
                Require.that(Double.isFinite(value) && value >= 1, "factor", "must be a finite number of at least 1", value));
    }

    public static Extension toLength() {
        return new Extension(OptionalDouble.empty());
    }

    public static Extension fixed(double factor) {
        return new Extension(OptionalDouble.of(factor));
    }

    /** At least 1. */
    public double at(RopeGeometry geometry, int length) {
        return factor.orElse(Math.max(1, geometry.extensionRatio(Require.atLeast(1, length, "length"))));
    }
}
