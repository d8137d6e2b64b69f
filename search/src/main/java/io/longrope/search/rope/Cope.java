package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * CoPE (arXiv 2602.05258): the slowest P pairs, whose turns a model never saw completed, are clipped softly. Their frequencies are
 * multiplied by half a cosine that falls from 1 to 0, so that λ_i = 1 / mask_i rises from 1 to +∞ and the last pair does not turn.
 * The same at every length.
 *
 * @param clipped P, at least 1 and at most d/2; empty = the paper's 20 of 64 pairs, as a share of d/2
 */
public record Cope(OptionalInt clipped) implements RopeScaling {

    private static final double USUAL_SHARE = 20.0 / 64;

    public Cope {
        Require.present(clipped, "pairs");
        clipped.ifPresent(pairs -> Require.atLeast(1, pairs, "pairs"));
    }

    @Override
    public String name() {
        return "cope";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        int count = clipped.orElse((int) Math.max(1, Math.rint(USUAL_SHARE * geometry.pairs())));
        Require.that(count <= geometry.pairs(), "pairs", "must be at most the model's pairs, " + geometry.pairs(), count);
        var factors = new double[geometry.pairs()];
        Arrays.fill(factors, 1);
        for (int i = 0; i < count; i++) {
            // one pair alone has mask 1, as the first of several
            double mask = 0.5 * (1 + StrictMath.cos(count == 1 ? 0 : Math.PI * i / (count - 1)));
            factors[factors.length - count + i] = 1 / mask;
        }
        return RescaleFactors.of(factors);
    }
}
