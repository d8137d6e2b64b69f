package io.longrope.search.evolution;

import java.util.List;

/** Scores a whole generation at once, so that many workers can share it. */
@FunctionalInterface
public interface Fitness {

    /**
     * May block. The values must not depend on how the work was shared, or the search is no longer reproducible.
     *
     * @param generation distinct trials, none of them asked before in this search but survivors where every generation has fresh samples
     * @return one value per trial, in the order of the trials
     */
    List<FitnessValue> evaluate(List<Trial> generation) throws InterruptedException;
}
