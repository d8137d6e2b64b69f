package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.Arrays;

/**
 * p-RoPE (arXiv 2410.06205), called proportional in Gemma 4: a share of the pairs, those of the highest frequencies, keeps its
 * angles, and the rest does not turn (λ = +∞). The same at every length. Made for training with it: 0.75 validated best in the paper,
 * Gemma 4's global layers have 0.25. Read as transformers' rope_type proportional.
 *
 * @param share  of the pairs that turn, more than 0 and at most 1; a part of a pair does not count
 * @param factor λ of the pairs that turn, at least 1
 */
public record ProportionalRope(double share, double factor) implements RopeScaling {

    /** A share such as 0.3 of 10 pairs is 3 of them, whatever the last bit of the product. */
    private static final double ROUNDING = 1e-9;

    public ProportionalRope {
        Require.that(share > 0 && share <= 1, "share", "must be more than 0 and at most 1", share);
        Require.that(factor >= 1 && Double.isFinite(factor), "factor", "must be a finite number of at least 1", factor);
    }

    /** The pairs that turn keep their angles. */
    public ProportionalRope(double share) {
        this(share, 1);
    }

    @Override
    public String name() {
        return "proportional";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        var factors = new double[geometry.pairs()];
        Arrays.fill(factors, Double.POSITIVE_INFINITY);
        Arrays.fill(factors, 0, (int) (share * geometry.pairs() + ROUNDING), factor);
        return RescaleFactors.of(factors);
    }
}
