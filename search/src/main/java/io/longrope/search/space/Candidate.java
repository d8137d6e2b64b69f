package io.longrope.search.space;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScaling;

/**
 * What an evaluation tries: how positions become angles, and how much attention is sharpened.
 *
 * @param factors         λ, one row of d/2 or one row per layer
 * @param startTokens     n̂ ≥ 0: positions below it keep their original angle (LongRoPE Eq. 3)
 * @param attentionFactor multiplies cos and sin of the rescaled positions, so the logits by its square; rows below n̂
 *                        are left unscaled
 */
public record Candidate(RescaleFactors factors, int startTokens, double attentionFactor) {

    public Candidate {
        Require.present(factors, "factors");
        Require.atLeast(0, startTokens, "startTokens");
        Require.positive(attentionFactor, "attentionFactor");
    }

    /** The model as it was trained: λ = 1, n̂ = 0, attention factor 1. */
    public static Candidate original(int pairs) {
        return new Candidate(RescaleFactors.identity(pairs), 0, 1);
    }

    /** What a known method does at a length; n̂ = 0. */
    public static Candidate of(RopeScaling scaling, RopeGeometry geometry, int length) {
        return new Candidate(scaling.factors(geometry, length), 0, scaling.attentionFactor(geometry, length));
    }

    public Candidate withFactors(RescaleFactors factors) {
        return new Candidate(factors, startTokens, attentionFactor);
    }

    /**
     * Between this and another, both with this one's n̂: ln λ and attention factor on straight lines.
     *
     * @param share of the way, above 0 and below 1
     */
    public Candidate towards(Candidate other, double share) {
        return new Candidate(factors.towards(other.factors, share), startTokens,
                (1 - share) * attentionFactor + share * other.attentionFactor);
    }

    /** What inference engines can run of it: n̂ = 0, and one row for all layers. */
    public Candidate forEngines() {
        return new Candidate(factors.shared(), 0, attentionFactor);
    }

    public Candidate withStartTokens(int startTokens) {
        return new Candidate(factors, startTokens, attentionFactor);
    }
}
