package io.longrope.search.space;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a search may try (LongRoPE Table 4): a range and grid for each λ_i, monotone or not, of each pair by itself or of groups of
 * them, for the last pairs also +∞, a set of n̂, and attention factors. With base factors the λ of a candidate are base × multipliers,
 * and range, grid and monotonicity hold for the multipliers. Immutable.
 */
public final class SearchSpace {

    /** The values of n̂ in the paper's Table 4. */
    public static final List<Integer> PAPER_START_TOKENS = List.of(0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256);

    private final RopeGeometry geometry;
    private final double extensionRatio;
    private final FactorRanges ranges;
    private final List<Integer> startTokens;
    private final AttentionRange attention;
    private final Grid attentionGrid;
    private final RescaleFactors base;
    private final int layers;

    /**
     * @param startTokens ascending
     * @param base        null where factors themselves are searched
     */
    SearchSpace(RopeGeometry geometry, double extensionRatio, FactorRanges ranges, List<Integer> startTokens, AttentionRange attention,
                RescaleFactors base, int layers) {
        this.geometry = geometry;
        this.extensionRatio = extensionRatio;
        this.ranges = ranges;
        this.startTokens = startTokens;
        this.attention = attention;
        attentionGrid = new Grid(attention.isFixed() ? 0 : attention.step());
        this.base = base;
        this.layers = layers;
    }

    /**
     * @param geometry       of the model before any extension; gives the number of pairs
     * @param extensionRatio s = target length / length the base model (or fine-tuned model, for multipliers) handles
     */
    public static SearchSpaceBuilder of(RopeGeometry geometry, double extensionRatio) {
        return new SearchSpaceBuilder(geometry, extensionRatio);
    }

    public RopeGeometry geometry() {
        return geometry;
    }

    public double extensionRatio() {
        return extensionRatio;
    }

    public int pairs() {
        return ranges.groups().pairs();
    }

    public boolean isMonotone() {
        return ranges.isMonotone();
    }

    public Grid grid() {
        return ranges.grid();
    }

    /** Which pairs have one value together; each pair by itself where the space has no groups. */
    public PairGroups groups() {
        return ranges.groups();
    }

    /** How many of the last groups may be +∞ and so not turn. */
    public int stoppable() {
        return ranges.stoppable();
    }

    /** The smallest value a group of pairs can take, on the grid. */
    public double lower(int group) {
        return ranges.lower(group);
    }

    /** The largest finite one. */
    public double upper(int group) {
        return ranges.upper(group);
    }

    /**
     * The number an algorithm that reckons with logarithms takes for +∞, above every finite value: {@link #nearest(double[], int, double)}
     * takes what is nearer to it than to the largest for +∞.
     */
    public double standsForInfinity() {
        return ranges.standsForInfinity();
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

    /** Of the model, for searches that give each layer a table of its own. */
    public int layers() {
        return layers;
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
        var equal = new double[pairs()];
        Arrays.fill(equal, 1);
        return nearest(values, equal, startTokens, attentionFactor);
    }

    /**
     * The same where pairs do not count alike: what must give way to be monotone are those of little weight.
     *
     * @param weights d/2 positive numbers: what a change of ln λ_i counts, squared
     */
    public Point nearest(double[] values, double[] weights, int startTokens, double attentionFactor) {
        return new Point(ranges.nearest(values, weights), nearestStartTokens(startTokens), nearestAttention(attentionFactor));
    }

    /** Uniform values, sorted where the space is monotone; uniform n̂ and attention factor. */
    public Point uniform(RandomGenerator random) {
        return nearest(ranges.draw(random), drawStartTokens(random), drawAttention(random));
    }

    /** Uniform over what a group may take while the other values stay: between its neighbours where monotone; sometimes +∞ if it may. */
    public double drawBetweenNeighbours(double[] values, int group, RandomGenerator random) {
        return ranges.drawBetweenNeighbours(values, group, random);
    }

    public int drawStartTokens(RandomGenerator random) {
        return startTokens.get(random.nextInt(startTokens.size()));
    }

    public double drawAttention(RandomGenerator random) {
        return attentionGrid.draw(attention.lower(), attention.upper(), random);
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
}
