package io.longrope.search.evolution.longrope;

import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Mutation and crossover under the monotone constraint (LongRoPE Algorithm 1). The paper only asks that children be
 * monotone. Mutation follows Microsoft's release: pairs are visited from the highest frequency on, and each with
 * probability p is drawn anew, uniform over the grid between its neighbours as they then are. Crossover departs from the
 * release, which stops at the first change: each pair with probability p takes the other parent's factor if that lies
 * between its neighbours, so a child mixes both parents. n̂ and the attention factor count as one more element each.
 */
final class PaperOperators {

    private final SearchSpace space;
    private final double probability;
    private final RandomGenerator random;

    PaperOperators(SearchSpace space, double probability, RandomGenerator random) {
        this.space = space;
        this.probability = probability;
        this.random = random;
    }

    Point mutate(Point parent) {
        var values = parent.values();
        for (int i = 0; i < values.length; i++) {
            if (hit()) {
                values[i] = space.drawBetweenNeighbours(values, i, random);
            }
        }
        int startTokens = hit() ? space.drawStartTokens(random) : parent.startTokens();
        double attentionFactor = hit() ? space.drawAttention(random) : parent.attentionFactor();
        return space.nearest(values, startTokens, attentionFactor);
    }

    /** A child of the first parent with some elements of the other. */
    Point cross(Point parent, Point other) {
        var values = parent.values();
        for (int i = 0; i < values.length; i++) {
            if (hit() && fits(values, i, other.get(i))) {
                values[i] = other.get(i);
            }
        }
        return space.nearest(values, (hit() ? other : parent).startTokens(), (hit() ? other : parent).attentionFactor());
    }

    private boolean hit() {
        return random.nextDouble() < probability;
    }

    private boolean fits(double[] values, int pair, double value) {
        return !space.isMonotone()
                || (pair == 0 || values[pair - 1] <= value) && (pair == values.length - 1 || value <= values[pair + 1]);
    }
}
