package io.longrope.search.table;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.OptionalDouble;

/**
 * A candidate and what it reached.
 *
 * @param perplexity as the entry's protocol says; empty when it was not measured or not finite
 */
@JsonInclude
public record Measured(Candidate candidate, OptionalDouble perplexity) {

    public Measured {
        Require.present(candidate, "candidate");
        Require.present(perplexity, "perplexity");
        perplexity.ifPresent(value -> Require.positive(value, "perplexity"));
    }

    public static Measured of(Candidate candidate, double perplexity) {
        return new Measured(candidate, OptionalDouble.of(perplexity));
    }

    public static Measured unmeasured(Candidate candidate) {
        return new Measured(candidate, OptionalDouble.empty());
    }
}
