package io.longrope.search.space;

import io.longrope.search.problem.Require;

import java.util.random.RandomGenerator;

/**
 * The multiples of a step, each as the double nearest to its decimal (1.37, not 137 · 0.01 = 1.3700000000000001), so
 * that equal points are equal to the bit wherever they came from.
 *
 * @param step distance of neighbours, at least 1e-6; 0 = every number
 */
public record Grid(double step) {

    private static final double DECIMALS = 1e9;
    /** A bound such as 1.25 · 4 may miss its grid value by rounding only. */
    private static final double TOLERANCE = 1e-6;

    public Grid {
        Require.that(step == 0 || step >= 1e-6 && Double.isFinite(step), "step", "must be 0 (continuous) or at least 0.000001", step);
    }

    /** The grid value nearest to a finite number. */
    public double nearest(double value) {
        return step == 0 ? value : at(Math.round(value / step));
    }

    /** The smallest grid value not below. */
    public double ceiling(double value) {
        return step == 0 ? value : at((long) Math.ceil(value / step - TOLERANCE));
    }

    /** The largest grid value not above. */
    public double floor(double value) {
        return step == 0 ? value : at((long) Math.floor(value / step + TOLERANCE));
    }

    /** Uniform over the grid values in [lower, upper]; both must be grid values. */
    public double draw(double lower, double upper, RandomGenerator random) {
        if (lower >= upper) {
            return lower;
        }
        if (step == 0) {
            return random.nextDouble(lower, upper);
        }
        return at(random.nextLong(Math.round(lower / step), Math.round(upper / step) + 1));
    }

    private double at(long index) {
        return Math.round(index * step * DECIMALS) / DECIMALS;
    }
}
