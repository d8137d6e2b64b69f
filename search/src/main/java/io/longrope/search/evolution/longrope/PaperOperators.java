package io.longrope.search.evolution.longrope;

import io.longrope.search.space.PairGroups;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Mutation and crossover under the monotone constraint (LongRoPE Algorithm 1). The paper only asks that children be
 * monotone. Mutation follows Microsoft's release: pairs are visited from the highest frequency on, and each with
 * probability p is drawn anew, uniform over the grid between its neighbours as they then are. Crossover departs from the
 * release, which stops at the first change: each pair with probability p takes the other parent's factor if that lies
 * between its neighbours, so a child mixes both parents. Pairs that share a factor count as one element, n̂ and the attention
 * factor as one more each.
 */
final class PaperOperators {

    private final SearchSpace space;
    private final PairGroups groups;
    private final double probability;
    private final RandomGenerator random;

    PaperOperators(SearchSpace space, double probability, RandomGenerator random) {
        this.space = space;
        groups = space.groups();
        this.probability = probability;
        this.random = random;
    }

    Point mutate(Point parent) {
        var values = parent.values();
        for (int group = 0; group < groups.count(); group++) {
            if (hit()) {
                groups.set(values, group, space.drawBetweenNeighbours(values, group, random));
            }
        }
        int startTokens = hit() ? space.drawStartTokens(random) : parent.startTokens();
        double attentionFactor = hit() ? space.drawAttention(random) : parent.attentionFactor();
        return space.nearest(values, startTokens, attentionFactor);
    }

    /** A child of the first parent with some elements of the other. */
    Point cross(Point parent, Point other) {
        var values = parent.values();
        for (int group = 0; group < groups.count(); group++) {
            double value = other.get(groups.first(group));
            if (hit() && fits(values, group, value)) {
                groups.set(values, group, value);
            }
        }
        return space.nearest(values, (hit() ? other : parent).startTokens(), (hit() ? other : parent).attentionFactor());
    }

    private boolean hit() {
        return random.nextDouble() < probability;
    }

    private boolean fits(double[] values, int group, double value) {
        int first = groups.first(group);
        int after = groups.first(group + 1);
        return !space.isMonotone() || (first == 0 || values[first - 1] <= value) && (after == values.length || value <= values[after]);
    }
}
