package io.longrope.progressive.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Grid;
import io.longrope.search.space.SearchSpace;
import io.longrope.search.space.SearchSpaceBuilder;

import java.util.List;
import java.util.Optional;

/** What a plan lets a search try. Where multipliers are searched, factors mean multipliers. */
public record SpacePlan(
        @Key(value = "Step of λ; 0 = every number.", byDefault = "0.01", atLeast = 0, atMost = 1) double grid,
        @Key(value = "λ never falls from one pair to the next.", byDefault = "true") boolean monotone,
        @Key(value = "Neighbouring pairs share one λ, in so many groups as equal as can be; 0 = each pair has its own.", byDefault = "0",
                atLeast = 0) int groups,
        @Key(value = "How many of the slowest pairs may stop turning (λ = ∞).", byDefault = "0", atLeast = 0) int mayStop,
        @Key(value = "The n̂ to choose from.", byDefault = "[0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256]",
                atLeast = 0) List<Integer> startTokens,
        @Key(value = "Attention factor; a recovery searches from 1 to the fine-tuned one unless a number or a range is given.",
                byDefault = "su")
        AttentionPlan attention,
        @Key(value = "The largest λ, in extension ratios; 0 = what the algorithm was published with: 1.25, with longrope2 2.",
                byDefault = "0", atLeast = 0) double reach,
        @Key(value = "The smallest λ.", byDefault = "1", above = 0) double minFactor,
        @Key(value = "The largest λ itself; 0 = as reach says, in a recovery reduced.", byDefault = "0", atLeast = 0) double maxFactor,
        @Key(value = "Ranges of their own for some pairs, counted from 0, the highest frequency; later ones win.", byDefault = "[]")
        List<PairBounds> bounds) {

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
            Require.atLeast(0, from, "bounds.pairs");
            Require.that(to >= from, "bounds.pairs", "must be [first, last]", List.of(from, to));
            Require.positive(lower, "bounds.factors");
            Require.that(Double.isFinite(upper) && upper >= lower, "bounds.factors", "must be [smallest, largest]", List.of(lower, upper));
        }

        static Optional<PairBounds> read(JsonNode item) {
            var pairs = item.path("pairs");
            var factors = item.path("factors");
            boolean formed = item.size() == 2 && pairs.size() == 2 && factors.size() == 2 && pairs.get(0).isInt() && pairs.get(1).isInt()
                    && factors.get(0).isNumber() && factors.get(1).isNumber();
            try {
                return formed ? Optional.of(new PairBounds(pairs.get(0).intValue(), pairs.get(1).intValue(), factors.get(0).doubleValue(),
                        factors.get(1).doubleValue())) : Optional.empty();
            } catch (BadInput e) {
                return Optional.empty();
            }
        }

        JsonNode toTree() {
            var item = JsonNodeFactory.instance.objectNode();
            item.putArray("pairs").add(from).add(to);
            item.putArray("factors").add(lower).add(upper);
            return item;
        }
    }

    public SpacePlan {
        KeyRule.require(SpacePlan.class, grid, monotone, groups, mayStop, startTokens, attention, reach, minFactor, maxFactor, bounds);
        new Grid(grid);
        startTokens = List.copyOf(startTokens);
        Require.that(!startTokens.isEmpty(), "start-tokens", "must not be empty", startTokens);
        Require.that(maxFactor == 0 || maxFactor >= minFactor, "max-factor", "must be at least the smallest factor, " + minFactor,
                maxFactor);
        bounds = List.copyOf(bounds);
    }

    /** The attention factor is left at 1. */
    SearchSpaceBuilder builder(RopeGeometry geometry, double extensionRatio, double usualReach) {
        double largest = maxFactor > 0 ? maxFactor : Math.max(1, (reach > 0 ? reach : usualReach) * extensionRatio);
        var builder = SearchSpace.of(geometry, extensionRatio).range(minFactor, Math.max(minFactor, largest)).step(grid).monotone(monotone)
                .stoppable(mayStop).startTokens(startTokens);
        if (groups > 0) {
            builder.groups(groups);
        }
        for (var range : bounds) {
            for (int pair = range.from; pair <= range.to; pair++) {
                builder.bounds(pair, range.lower, range.upper);
            }
        }
        return builder;
    }
}
