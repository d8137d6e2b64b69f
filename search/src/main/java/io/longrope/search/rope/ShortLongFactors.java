package io.longrope.search.rope;

import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

/**
 * The two tables of a checkpoint of rope type {@code longrope}: one up to L, the other beyond, one attention factor for
 * both, as {@code transformers} applies them.
 */
public record ShortLongFactors(RescaleFactors shortFactors, RescaleFactors longFactors, double attentionFactor) implements RopeScaling {

    public ShortLongFactors {
        Require.present(shortFactors, "short_factor");
        Require.present(longFactors, "long_factor");
        Require.that(shortFactors.pairs() == longFactors.pairs(), "short_factor",
                "must have as many factors as long_factor, " + longFactors.pairs(), shortFactors.pairs());
        Require.positive(attentionFactor, "attention_factor");
    }

    @Override
    public String name() {
        return "longrope";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        Require.that(longFactors.pairs() == geometry.pairs(), "long_factor", "must have " + Plural.of(geometry.pairs(), "factor"),
                longFactors.pairs());
        return length > geometry.originalLength() ? longFactors : shortFactors;
    }

    @Override
    public double attentionFactor(RopeGeometry geometry, int length) {
        return attentionFactor;
    }
}
