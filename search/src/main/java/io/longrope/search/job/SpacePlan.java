package io.longrope.search.job;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Grid;
import io.longrope.search.space.SearchSpace;
import io.longrope.search.space.SearchSpaceBuilder;

import java.util.List;

/**
 * What a plan lets a search try. Where multipliers are searched, factors mean multipliers.
 *
 * @param grid        step of λ; 0 = every number
 * @param monotone    λ_i ≤ λ_{i+1} is kept
 * @param startTokens the values n̂ is chosen from
 * @param attention   the attention factor: by a rule, fixed, or searched
 * @param reach       the largest λ as a multiple of the extension ratio; 0 = what the algorithm was published with
 * @param minFactor   the smallest λ
 * @param maxFactor   the largest λ whatever the ratio; 0 = as reach says
 * @param bounds      ranges of their own for some pairs, in place of the common one; later ones win
 */
public record SpacePlan(double grid, boolean monotone, List<Integer> startTokens, AttentionPlan attention, double reach, double minFactor,
                        double maxFactor, List<PairBounds> bounds) {

    /** The n̂ set of the paper's table 4. */
    public static final List<Integer> PAPER_START_TOKENS = SearchSpace.PAPER_START_TOKENS;

    static final double PAPER_REACH = 1.25;

    /**
     * The range of λ of some pairs.
     *
     * @param from  first pair
     * @param to    last pair, included
     * @param lower smallest λ, above 0
     * @param upper largest λ
     */
    public record PairBounds(int from, int to, double lower, double upper) {

        public PairBounds {
            Require.atLeast(0, from, "search.bounds.pairs");
            Require.that(to >= from, "search.bounds.pairs", "must be [first, last]", List.of(from, to));
            Require.positive(lower, "search.bounds.factors");
            Require.that(Double.isFinite(upper) && upper >= lower, "search.bounds.factors", "must be [smallest, largest]", List.of(lower, upper));
        }
    }

    public SpacePlan {
        new Grid(grid);
        startTokens = List.copyOf(Require.present(startTokens, "search.start-tokens"));
        Require.that(!startTokens.isEmpty(), "search.start-tokens", "must not be empty", startTokens);
        startTokens.forEach(startToken -> Require.atLeast(0, startToken, "search.start-tokens"));
        Require.present(attention, "search.attention");
        Require.that(reach >= 0 && Double.isFinite(reach), "search.reach", "must be at least 0", reach);
        Require.positive(minFactor, "search.min-factor");
        Require.that(maxFactor == 0 || maxFactor >= minFactor && Double.isFinite(maxFactor), "search.max-factor",
                "must be at least the smallest factor, " + minFactor, maxFactor);
        bounds = List.copyOf(Require.present(bounds, "search.bounds"));
    }

    /** The attention factor is left at 1. */
    SearchSpaceBuilder builder(RopeGeometry geometry, double extensionRatio, double usualReach) {
        double largest = maxFactor > 0 ? maxFactor : Math.max(1, (reach > 0 ? reach : usualReach) * extensionRatio);
        var builder = SearchSpace.of(geometry, extensionRatio).range(minFactor, Math.max(minFactor, largest)).step(grid).monotone(monotone)
                .startTokens(startTokens);
        for (var range : bounds) {
            for (int pair = range.from; pair <= range.to; pair++) {
                builder.bounds(pair, range.lower, range.upper);
            }
        }
        return builder;
    }
}
