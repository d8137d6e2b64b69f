package io.longrope.search.space;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * What a search may try (LongRoPE Table 4): a range and grid for each λ_i, monotone or not, a set of n̂, and attention
 * factors. With base factors the λ of a candidate are base × multipliers, and range, grid and monotonicity hold for
 * the multipliers. Immutable.
 */
public final class SearchSpace {

    /** The values of n̂ in the paper's Table 4. */
    public static final List<Integer> PAPER_START_TOKENS = List.of(0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256);

    private final RopeGeometry geometry;
    private final double extensionRatio;
    private final Grid grid;
    private final boolean monotone;
    private final double[] lower;
    private final double[] upper;
    private final List<Integer> startTokens;
    private final AttentionRange attention;
    private final Grid attentionGrid;
    private final RescaleFactors base;

    private SearchSpace(Builder builder) {
        geometry = builder.geometry;
        extensionRatio = builder.extensionRatio;
        grid = new Grid(builder.step);
        monotone = builder.monotone;
        startTokens = builder.startTokens;
        attention = builder.attention;
        attentionGrid = new Grid(attention.isFixed() ? 0 : attention.step());
        base = builder.base;
        lower = Arrays.stream(builder.lower).map(grid::ceiling).toArray();
        upper = Arrays.stream(builder.upper).map(grid::floor).toArray();
        if (monotone) {
            tightenBounds();
        }
        for (int i = 0; i < lower.length; i++) {
            Require.that(lower[i] <= upper[i], "space.bounds[" + i + "]", "must leave at least one factor",
                    "[" + lower[i] + ", " + upper[i] + "]", "widen the range, refine the step, or drop the monotone constraint");
        }
    }

    /**
     * @param geometry       of the model before any extension; gives the number of pairs
     * @param extensionRatio s = target length / length the base model (or fine-tuned model, for multipliers) handles
     */
    public static Builder of(RopeGeometry geometry, double extensionRatio) {
        return new Builder(geometry, extensionRatio);
    }

    /** No factor can use a bound that no neighbour lets it reach. */
    private void tightenBounds() {
        for (int i = 1; i < lower.length; i++) {
            lower[i] = Math.max(lower[i], lower[i - 1]);
        }
        for (int i = upper.length - 2; i >= 0; i--) {
            upper[i] = Math.min(upper[i], upper[i + 1]);
        }
    }

    public RopeGeometry geometry() {
        return geometry;
    }

    public double extensionRatio() {
        return extensionRatio;
    }

    public int pairs() {
        return lower.length;
    }

    public boolean isMonotone() {
        return monotone;
    }

    public Grid grid() {
        return grid;
    }

    /** The smallest value pair i can take, on the grid. */
    public double lower(int pair) {
        return lower[pair];
    }

    public double upper(int pair) {
        return upper[pair];
    }

    /** Ascending. */
    public List<Integer> startTokens() {
        return startTokens;
    }

    public AttentionRange attention() {
        return attention;
    }

    public Optional<RescaleFactors> base() {
        return Optional.ofNullable(base);
    }

    /** The factors, n̂ and attention factor a point stands for. */
    public Candidate candidate(Point point) {
        var factors = RescaleFactors.of(point.values());
        return new Candidate(base == null ? factors : base.multipliedBy(factors), point.startTokens(), point.attentionFactor());
    }

    /**
     * The valid point nearest to a candidate from anywhere (an imported table, a seed of another method): clamped,
     * made monotone, moved to the grid. With base factors its λ are divided by them first.
     */
    public Point nearest(Candidate candidate) {
        var row = candidate.factors().layer(0);
        Require.that(row.length == pairs(), "candidate.factors", "must be " + pairs() + " for this model", row.length);
        for (int layer = 1; layer < candidate.factors().layers(); layer++) {
            Require.that(Arrays.equals(row, candidate.factors().layer(layer)), "candidate.factors",
                    "must be the same for all layers to start a search", "a table whose layers differ");
        }
        for (int i = 0; base != null && i < row.length; i++) {
            row[i] = Double.isInfinite(base.get(i)) ? 1 : row[i] / base.get(i);
        }
        return nearest(row, candidate.startTokens(), candidate.attentionFactor());
    }

    /**
     * The valid point nearest to the given values; the point itself when they are one already.
     *
     * @param values d/2 factors, or multipliers where the space has base factors; left unchanged
     */
    public Point nearest(double[] values, int startTokens, double attentionFactor) {
        var fitted = clamped(values);
        if (monotone) {
            MonotoneFit.apply(fitted);
        }
        for (int i = 0; i < fitted.length; i++) {
            fitted[i] = grid.nearest(Math.max(lower[i], Math.min(upper[i], fitted[i])));
        }
        return new Point(fitted, nearestStartTokens(startTokens), nearestAttention(attentionFactor));
    }

    /** Uniform values, sorted where the space is monotone; uniform n̂ and attention factor. */
    public Point uniform(RandomGenerator random) {
        var values = new double[pairs()];
        for (int i = 0; i < values.length; i++) {
            values[i] = grid.draw(lower[i], upper[i], random);
        }
        if (monotone) {
            Arrays.sort(values);
        }
        return nearest(values, drawStartTokens(random), drawAttention(random));
    }

    /** Uniform over what pair i may take while the other values stay: between its neighbours where monotone. */
    public double drawBetweenNeighbours(double[] values, int pair, RandomGenerator random) {
        boolean first = pair == 0;
        boolean last = pair == values.length - 1;
        double from = monotone && !first ? Math.max(lower[pair], values[pair - 1]) : lower[pair];
        double to = monotone && !last ? Math.min(upper[pair], values[pair + 1]) : upper[pair];
        return grid.draw(from, to, random);
    }

    public int drawStartTokens(RandomGenerator random) {
        return startTokens.get(random.nextInt(startTokens.size()));
    }

    public double drawAttention(RandomGenerator random) {
        return attentionGrid.draw(attention.lower(), attention.upper(), random);
    }

    private double[] clamped(double[] values) {
        Require.that(values.length == pairs(), "factors", "must be " + pairs() + " for this model", values.length);
        var clamped = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            Require.that(!Double.isNaN(values[i]), "factors[" + i + "]", "must be a number", values[i]);
            clamped[i] = Math.max(lower[i], Math.min(upper[i], values[i]));
        }
        return clamped;
    }

    private int nearestStartTokens(int wanted) {
        int nearest = startTokens.get(0);
        for (int choice : startTokens) {
            if (Math.abs((long) choice - wanted) < Math.abs((long) nearest - wanted)) {
                nearest = choice;
            }
        }
        return nearest;
    }

    private double nearestAttention(double wanted) {
        double onGrid = attentionGrid.nearest(Math.max(attention.lower(), Math.min(attention.upper(), wanted)));
        return Math.max(attention.lower(), Math.min(attention.upper(), onGrid));
    }

    /** Starts from the paper's Table 4: [1, 1.25 s], step 0.01, monotone, the 14 n̂, attention factor 1. */
    public static final class Builder {

        private final RopeGeometry geometry;
        private final double extensionRatio;
        private final double[] lower;
        private final double[] upper;
        private double step = 0.01;
        private boolean monotone = true;
        private List<Integer> startTokens = PAPER_START_TOKENS;
        private AttentionRange attention = AttentionRange.fixed(1);
        private RescaleFactors base;

        private Builder(RopeGeometry geometry, double extensionRatio) {
            this.geometry = Require.present(geometry, "space.geometry");
            this.extensionRatio = Require.positive(extensionRatio, "space.extensionRatio");
            lower = new double[geometry.pairs()];
            upper = new double[geometry.pairs()];
            range(1, Math.max(1, 1.25 * extensionRatio));
        }

        /** The same range for every pair; replaces earlier bounds. */
        public Builder range(double lower, double upper) {
            for (int i = 0; i < this.lower.length; i++) {
                bounds(i, lower, upper);
            }
            return this;
        }

        public Builder bounds(int pair, double lower, double upper) {
            Require.that(pair >= 0 && pair < this.lower.length, "space.bounds", "must name a pair from 0 to " + (this.lower.length - 1), pair);
            Require.positive(lower, "space.lower");
            Require.positive(upper, "space.upper");
            Require.that(lower <= upper, "space.upper", "must be at least space.lower (" + lower + ")", upper);
            this.lower[pair] = lower;
            this.upper[pair] = upper;
            return this;
        }

        /** Grid step of the factors; 0 = continuous. */
        public Builder step(double step) {
            this.step = new Grid(step).step();
            return this;
        }

        /** Whether λ_i ≤ λ_{i+1} must hold. */
        public Builder monotone(boolean monotone) {
            this.monotone = monotone;
            return this;
        }

        /** The n̂ to choose from; only 0 leaves every position rescaled. */
        public Builder startTokens(List<Integer> startTokens) {
            Require.that(!startTokens.isEmpty(), "space.startTokens", "must have at least one choice", "none");
            startTokens.forEach(choice -> Require.atLeast(0, choice, "space.startTokens"));
            this.startTokens = List.copyOf(new ArrayList<>(new TreeSet<>(startTokens)));
            return this;
        }

        public Builder attentionFactor(double fixed) {
            return attentionFactor(AttentionRange.fixed(fixed));
        }

        public Builder attentionFactor(AttentionRange attention) {
            this.attention = Require.present(attention, "space.attentionFactor");
            return this;
        }

        /** Searches multipliers of these factors. */
        public Builder base(RescaleFactors base) {
            Require.that(base.pairs() == geometry.pairs(), "space.base", "must have " + geometry.pairs() + " factors", base.pairs());
            this.base = base;
            return this;
        }

        public SearchSpace build() {
            return new SearchSpace(this);
        }
    }
}
