package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.List;

/** An algorithm a plan can name: what it makes of settings, and the {@link Optimizer} that does it. */
public interface SearchAlgorithm {

    /** As written in a plan. */
    String name();

    /** How many losses it wants of each candidate; with two it looks for a front between two lengths. */
    default int objectives() {
        return 1;
    }

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

    /** Whether it can be asked for trials before the losses of all earlier ones are known. */
    default boolean asksAhead() {
        return false;
    }

    /** Whether its candidates have a table for each layer. */
    default boolean isPerLayer() {
        return false;
    }

    /** Whether it asks for the slopes of losses, which are known of perplexity only. */
    default boolean asksForSlopes() {
        return false;
    }

    /** Evaluations it asks for at most, one per candidate and objective. */
    default int evaluations(SearchSettings settings) {
        return settings.budget();
    }

    /** @throws io.longrope.search.problem.BadInput when the settings make no sense for this algorithm, whatever the space */
    default void check(SearchSettings settings) {
        Require.that(rescores() || !settings.freshSamples(), "search.fresh-samples", "must be false for algorithm " + name()
                + ", which compares the scores of all generations", true, "longrope and longrope2 score their survivors again with each");
        Require.that(asksAhead() || settings.askAhead() == 0, "search.ask-ahead", "must be 0 for algorithm " + name()
                + ", which breeds a generation from all scores of the one before", settings.askAhead(),
                "adaptive and random can be asked ahead");
    }

    /**
     * A search that has asked for nothing yet.
     *
     * @param seeds known good candidates; each enters as the valid point nearest to it. May be empty where the algorithm needs none.
     * @throws io.longrope.search.problem.BadInput when the space or the settings make no sense for this algorithm
     */
    Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds);
}
