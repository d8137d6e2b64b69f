package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.List;

/**
 * A way to find good candidates. All keep these promises: only valid points of the space are scored, none twice; the
 * budget is kept to the evaluation; the same space, settings, seeds and fitness values give the same result to the bit.
 * So a search that died is resumed by running it again over remembered scores.
 */
public interface SearchAlgorithm {

    /** As written in a plan. */
    String name();

    /** The largest λ it should be allowed, as a multiple of the extension ratio s. */
    default double reach() {
        return 1.25;
    }

    /** Whether it stops hopeless candidates early where a plan says nothing of it. */
    default boolean racesByDefault() {
        return false;
    }

    /** Whether it can score its survivors again with every generation, so that each can have samples of its own. */
    default boolean rescores() {
        return false;
    }

    /** Evaluations it asks for at most. */
    default int evaluations(SearchSettings settings) {
        return settings.budget();
    }

    /** @throws io.longrope.search.problem.BadInput when the settings make no sense for this algorithm, whatever the space */
    default void check(SearchSettings settings) {
        Require.that(rescores() || !settings.freshSamples(), "search.fresh-samples", "must be false for algorithm " + name()
                + ", which compares the scores of all generations", true, "longrope and longrope2 score their survivors again with each");
    }

    /**
     * @param seeds known good candidates; each enters as the valid point nearest to it. May be empty.
     * @throws io.longrope.search.problem.BadInput when the space or the settings make no sense for this algorithm
     */
    SearchResult search(SearchSpace space, SearchSettings settings, List<Candidate> seeds, Fitness fitness, SearchListener listener)
            throws InterruptedException;
}
