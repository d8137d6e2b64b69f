package io.longrope.search.space;

import io.longrope.search.problem.Require;

/**
 * The attention factors a search may try; a single one when lower = upper. Other bounds are moved inwards to the grid.
 *
 * @param step grid step, 0 = continuous
 */
public record AttentionRange(double lower, double upper, double step) {

    public AttentionRange {
        Require.positive(lower, "attentionFactor.lower");
        Require.positive(upper, "attentionFactor.upper");
        if (lower != upper) {
            var grid = new Grid(step);
            lower = grid.ceiling(lower);
            upper = grid.floor(upper);
        }
        Require.that(lower <= upper, "attentionFactor.upper", "must be at least attentionFactor.lower (" + lower + ")", upper);
    }

    /** Never searched. */
    public static AttentionRange fixed(double factor) {
        return new AttentionRange(factor, factor, 0);
    }

    public boolean isFixed() {
        return lower == upper;
    }
}
