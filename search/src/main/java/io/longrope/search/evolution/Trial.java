package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.List;

/**
 * A candidate to be scored.
 *
 * @param lossBounds racing: once the mean loss of the first k samples exceeds the k-th bound (or is not finite) the rest
 *                   need not be measured; empty = measure all. A fitness may ignore them.
 */
public record Trial(Candidate candidate, List<Double> lossBounds) {

    public Trial {
        Require.present(candidate, "trial.candidate");
        lossBounds = List.copyOf(lossBounds);
    }
}
