package io.longrope.search.space;

import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;

import java.util.List;
import java.util.TreeSet;

/** Starts from the paper's Table 4: [1, 1.25 s], step 0.01, monotone, the 14 n̂, attention factor 1, a model of one layer. */
public final class SearchSpaceBuilder {

    private static final double PAPER_REACH = 1.25;

    private final RopeGeometry geometry;
    private final double extensionRatio;
    private final double[] lower;
    private final double[] upper;
    private double step = 0.01;
    private boolean monotone = true;
    private int groups;
    private int stoppable;
    private List<Integer> startTokens = SearchSpace.PAPER_START_TOKENS;
    private AttentionRange attention = AttentionRange.fixed(1);
    private RescaleFactors base;
    private int layers = 1;

    SearchSpaceBuilder(RopeGeometry geometry, double extensionRatio) {
        this.geometry = Require.present(geometry, "space.geometry");
        this.extensionRatio = Require.positive(extensionRatio, "space.extensionRatio");
        lower = new double[geometry.pairs()];
        upper = new double[geometry.pairs()];
        groups = geometry.pairs();
        range(1, Math.max(1, PAPER_REACH * extensionRatio));
    }

    /** The same range for every pair; replaces earlier bounds. */
    public SearchSpaceBuilder range(double lower, double upper) {
        for (int i = 0; i < this.lower.length; i++) {
            bounds(i, lower, upper);
        }
        return this;
    }

    public SearchSpaceBuilder bounds(int pair, double lower, double upper) {
        Require.that(pair >= 0 && pair < this.lower.length, "space.bounds", "must name a pair from 0 to " + (this.lower.length - 1), pair);
        Require.positive(lower, "space.lower");
        Require.positive(upper, "space.upper");
        Require.that(lower <= upper, "space.upper", "must be at least space.lower (" + lower + ")", upper);
        this.lower[pair] = lower;
        this.upper[pair] = upper;
        return this;
    }

    /** Grid step of the factors; 0 = continuous. */
    public SearchSpaceBuilder step(double step) {
        this.step = new Grid(step).step();
        return this;
    }

    /** Whether λ_i ≤ λ_{i+1} must hold. */
    public SearchSpaceBuilder monotone(boolean monotone) {
        this.monotone = monotone;
        return this;
    }

    /** One factor for all pairs of a group; without, each pair by itself. */
    public SearchSpaceBuilder groups(int count) {
        groups = new PairGroups(geometry.pairs(), count).count();
        return this;
    }

    /** How many of the slowest pairs may be +∞ and so not turn; with groups, those whose pairs all may. */
    public SearchSpaceBuilder stoppable(int pairs) {
        Require.that(pairs >= 0 && pairs <= geometry.pairs(), "space.may-stop", "must be at most the model's pairs, " + geometry.pairs(),
                pairs);
        stoppable = pairs;
        return this;
    }

    /** The n̂ to choose from; only 0 leaves every position rescaled. */
    public SearchSpaceBuilder startTokens(List<Integer> startTokens) {
        Require.that(!startTokens.isEmpty(), "space.startTokens", "must have at least one choice", "none");
        startTokens.forEach(choice -> Require.atLeast(0, choice, "space.startTokens"));
        this.startTokens = List.copyOf(new TreeSet<>(startTokens));
        return this;
    }

    public SearchSpaceBuilder attentionFactor(double fixed) {
        return attentionFactor(AttentionRange.fixed(fixed));
    }

    public SearchSpaceBuilder attentionFactor(AttentionRange attention) {
        this.attention = Require.present(attention, "space.attentionFactor");
        return this;
    }

    /** Searches multipliers of these factors. */
    public SearchSpaceBuilder base(RescaleFactors base) {
        Require.that(base.pairs() == geometry.pairs(), "space.base", "must have " + Plural.of(geometry.pairs(), "factor"), base.pairs());
        this.base = base;
        return this;
    }

    /** How many the model has; algorithm {@code per-layer} gives each a table of its own. */
    public SearchSpaceBuilder layers(int count) {
        layers = Require.atLeast(1, count, "space.layers");
        return this;
    }

    /** @throws io.longrope.search.problem.BadInput when grid, bounds and monotonicity leave a pair no value */
    public SearchSpace build() {
        var ranges = new FactorRanges(new Grid(step), monotone, new PairGroups(geometry.pairs(), groups), stoppable, lower, upper);
        return new SearchSpace(geometry, extensionRatio, ranges, startTokens, attention, base, layers);
    }
}
