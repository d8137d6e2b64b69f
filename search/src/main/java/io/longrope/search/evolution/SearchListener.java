package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;

/** Told after each generation was scored, on the thread of the search. */
@FunctionalInterface
public interface SearchListener {

    SearchListener NONE = progress -> { };

    void onGeneration(Progress progress);

    /**
     * @param generation     0 for the first population
     * @param best           the best candidate so far
     * @param bestLoss       its loss
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
