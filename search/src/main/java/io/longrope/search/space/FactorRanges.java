package io.longrope.search.space;

import io.longrope.search.problem.Require;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The values each group of pairs may take: a range per group on one grid, for the last groups also +∞, non-decreasing over the groups
 * where asked. Immutable.
 */
final class FactorRanges {

    /** A pair stretched to twice what the search allows turns hardly more than one that does not turn. */
    private static final double BEYOND = 2;
    /** How often a group that may stop is drawn so, where it is drawn by itself. */
    private static final double STOPPING = 0.25;

    private final Grid grid;
    private final boolean monotone;
    private final PairGroups groups;
    private final int firstStoppable;
    private final double[] lower;
    private final double[] upper;
    private final double standsForInfinity;
    private final double stopsFrom;

    /**
     * @param stoppable how many of the last pairs may be +∞, at most d/2; a group may where all its pairs may
     * @param lower     d/2 bounds, moved upwards to the grid
     * @param upper     d/2 bounds, moved downwards to the grid
     */
    FactorRanges(Grid grid, boolean monotone, PairGroups groups, int stoppable, double[] lower, double[] upper) {
        this.grid = grid;
        this.monotone = monotone;
        this.groups = groups;
        this.lower = new double[groups.count()];
        this.upper = new double[groups.count()];
        int mayNot = 0;
        for (int group = 0; group < groups.count(); group++) {
            this.lower[group] = grid.ceiling(largest(lower, group));
            this.upper[group] = grid.floor(smallest(upper, group));
            mayNot += groups.first(group) < groups.pairs() - stoppable ? 1 : 0;
        }
        firstStoppable = mayNot;
        if (monotone) {
            tighten();
        }
        for (int group = 0; group < groups.count(); group++) {
            Require.that(this.lower[group] <= this.upper[group], "space.bounds[" + groups.first(group) + "]",
                    "must leave at least one factor", "[" + this.lower[group] + ", " + this.upper[group] + "]",
                    "widen the range, refine the step, or drop the monotone constraint");
        }
        double largest = Arrays.stream(this.upper).max().orElseThrow();
        standsForInfinity = BEYOND * largest;
        stopsFrom = Math.sqrt(BEYOND) * largest;
    }

    Grid grid() {
        return grid;
    }

    boolean isMonotone() {
        return monotone;
    }

    PairGroups groups() {
        return groups;
    }

    /** How many of the last groups may be +∞. */
    int stoppable() {
        return groups.count() - firstStoppable;
    }

    double standsForInfinity() {
        return standsForInfinity;
    }

    double lower(int group) {
        return lower[group];
    }

    double upper(int group) {
        return upper[group];
    }

    /**
     * The valid values nearest to the given ones: clamped, in each group their mean, made monotone as {@link MonotoneFit} weighs, moved to
     * the grid; or +∞ where that is nearer than the largest.
     *
     * @param values  d/2, one per pair
     * @param weights d/2
     */
    double[] nearest(double[] values, double[] weights) {
        var fitted = means(values, weights);
        if (monotone) {
            MonotoneFit.apply(fitted, sums(weights));
        }
        for (int group = 0; group < fitted.length; group++) {
            fitted[group] = mayStop(group) && fitted[group] >= stopsFrom ? Double.POSITIVE_INFINITY
                    : grid.nearest(Math.max(lower[group], Math.min(upper[group], fitted[group])));
        }
        return groups.spread(fitted);
    }

    /** Uniform, sorted where monotone; where pairs may stop, with as many groups stopped as drawn. */
    double[] draw(RandomGenerator random) {
        var values = new double[groups.count()];
        for (int group = 0; group < values.length; group++) {
            values[group] = grid.draw(lower[group], upper[group], random);
        }
        if (monotone) {
            Arrays.sort(values);
        }
        if (stoppable() > 0 && monotone) {
            Arrays.fill(values, values.length - random.nextInt(stoppable() + 1), values.length, Double.POSITIVE_INFINITY);
        }
        for (int group = firstStoppable; group < values.length && !monotone; group++) {
            values[group] = random.nextDouble() < STOPPING ? Double.POSITIVE_INFINITY : values[group];
        }
        return groups.spread(values);
    }

    /**
     * Uniform over what a group may take while the other values stay: between its neighbours where monotone; +∞, where it may be, as often
     * as a quarter.
     *
     * @param values d/2, one per pair
     */
    double drawBetweenNeighbours(double[] values, int group, RandomGenerator random) {
        double before = monotone && group > 0 ? values[groups.first(group) - 1] : lower[group];
        double after = monotone && group < lower.length - 1 ? values[groups.first(group + 1)] : Double.POSITIVE_INFINITY;
        if (Double.isInfinite(before)) {
            return before;
        }
        if (mayStop(group) && Double.isInfinite(after) && random.nextDouble() < STOPPING) {
            return after;
        }
        return grid.draw(Math.max(lower[group], before), Math.min(upper[group], after), random);
    }

    private boolean mayStop(int group) {
        return group >= firstStoppable;
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

    /** By group the weighted mean of the logarithms, where its values differ. */
    private double[] means(double[] values, double[] weights) {
        Require.that(values.length == groups.pairs(), "factors", "must be " + groups.pairs() + " for this model", values.length);
        var means = new double[groups.count()];
        for (int group = 0; group < means.length; group++) {
            int first = groups.first(group);
            means[group] = clamped(values, first, group);
            double sum = 0;
            double total = 0;
            boolean differ = false;
            for (int pair = first; pair < first + groups.size(group); pair++) {
                double value = clamped(values, pair, group);
                differ |= value != means[group];
                sum += weights[pair] * StrictMath.log(value);
                total += weights[pair];
            }
            means[group] = differ ? StrictMath.exp(sum / total) : means[group];
        }
        return means;
    }

    private double clamped(double[] values, int pair, int group) {
        Require.that(!Double.isNaN(values[pair]), "factors[" + pair + "]", "must be a number", values[pair]);
        return Math.max(lower[group], Math.min(mayStop(group) ? standsForInfinity : upper[group], values[pair]));
    }

    private double largest(double[] values, int group) {
        return Arrays.stream(values, groups.first(group), groups.first(group + 1)).max().orElseThrow();
    }

    private double smallest(double[] values, int group) {
        return Arrays.stream(values, groups.first(group), groups.first(group + 1)).min().orElseThrow();
    }

    /** By group, added up from the first pair to the last. */
    private double[] sums(double[] values) {
        var sums = new double[groups.count()];
        for (int group = 0; group < sums.length; group++) {
            for (int pair = groups.first(group); pair < groups.first(group + 1); pair++) {
                sums[group] += values[pair];
            }
        }
        return sums;
    }
}
