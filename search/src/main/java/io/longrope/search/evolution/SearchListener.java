package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;

import java.time.Duration;

/** Told how a search goes, on its thread. */
@FunctionalInterface
public interface SearchListener {

    SearchListener NONE = progress -> { };

    /** A generation is scored. */
    void onGeneration(Progress progress);

    /** A trial is measured. The order is that of the answers. */
    default void onScored(Scored scored) {
    }

    /** No answer came for a while. */
    default void waiting(int open, Duration since) {
    }

    /**
     * @param generation     0 for the first population
     * @param best           the best candidate so far
     * @param bestLoss       its loss by the first objective
     * @param medianLoss     of the candidates scored in this generation; +∞ when half of them diverged
     * @param evaluations    scored so far
     * @param maxEvaluations the budget
     * @param stopped        of these, those that racing ended early
     * @param tokens         evaluated so far
     */
    record Progress(int generation, Candidate best, double bestLoss, double medianLoss, int evaluations, int maxEvaluations,
                    int stopped, long tokens) {
    }
}
