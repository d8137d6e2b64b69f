package io.longrope.search.space;

import io.longrope.search.problem.Require;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The values each pair may take: a range per pair on one grid, non-decreasing over the pairs where asked. Immutable.
 */
final class FactorRanges {

    private final Grid grid;
    private final boolean monotone;
    private final double[] lower;
    private final double[] upper;

    /**
     * @param lower d/2 bounds, moved upwards to the grid; taken over
     * @param upper d/2 bounds, moved downwards to the grid; taken over
     */
    FactorRanges(Grid grid, boolean monotone, double[] lower, double[] upper) {
        this.grid = grid;
        this.monotone = monotone;
        this.lower = Arrays.stream(lower).map(grid::ceiling).toArray();
        this.upper = Arrays.stream(upper).map(grid::floor).toArray();
        if (monotone) {
            tighten();
        }
        for (int i = 0; i < lower.length; i++) {
            Require.that(this.lower[i] <= this.upper[i], "space.bounds[" + i + "]", "must leave at least one factor",
                    "[" + this.lower[i] + ", " + this.upper[i] + "]", "widen the range, refine the step, or drop the monotone constraint");
        }
    }

    Grid grid() {
        return grid;
    }

    boolean isMonotone() {
        return monotone;
    }

    int pairs() {
        return lower.length;
    }

    double lower(int pair) {
        return lower[pair];
    }

    double upper(int pair) {
        return upper[pair];
    }

    /** The valid values nearest to the given ones: clamped, made monotone as {@link MonotoneFit} weighs, moved to the grid. */
    double[] nearest(double[] values, double[] weights) {
        var fitted = clamped(values);
        if (monotone) {
            MonotoneFit.apply(fitted, weights);
        }
        for (int i = 0; i < fitted.length; i++) {
            fitted[i] = grid.nearest(clamped(i, fitted[i]));
        }
        return fitted;
    }

    /** Uniform, sorted where monotone. */
    double[] draw(RandomGenerator random) {
        var values = new double[pairs()];
        for (int i = 0; i < values.length; i++) {
            values[i] = grid.draw(lower[i], upper[i], random);
        }
        if (monotone) {
            Arrays.sort(values);
        }
        return values;
    }

    /** Uniform over what pair i may take while the other values stay: between its neighbours where monotone. */
    double drawBetweenNeighbours(double[] values, int pair, RandomGenerator random) {
        boolean first = pair == 0;
        boolean last = pair == values.length - 1;
        double from = monotone && !first ? Math.max(lower[pair], values[pair - 1]) : lower[pair];
        double to = monotone && !last ? Math.min(upper[pair], values[pair + 1]) : upper[pair];
        return grid.draw(from, to, random);
    }

    /** No factor can use a bound that no neighbour lets it reach. */
    private void tighten() {
        for (int i = 1; i < lower.length; i++) {
            lower[i] = Math.max(lower[i], lower[i - 1]);
        }
        for (int i = upper.length - 2; i >= 0; i--) {
            upper[i] = Math.min(upper[i], upper[i + 1]);
        }
    }

    private double[] clamped(double[] values) {
        Require.that(values.length == pairs(), "factors", "must be " + pairs() + " for this model", values.length);
        var clamped = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            Require.that(!Double.isNaN(values[i]), "factors[" + i + "]", "must be a number", values[i]);
            clamped[i] = clamped(i, values[i]);
        }
        return clamped;
    }

    private double clamped(int pair, double value) {
        return Math.max(lower[pair], Math.min(upper[pair], value));
    }
}
