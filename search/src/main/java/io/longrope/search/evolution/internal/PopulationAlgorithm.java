package io.longrope.search.evolution.internal;

import io.longrope.search.evolution.SearchAlgorithm;
import io.longrope.search.evolution.SearchSettings;

/**
 * What the papers' searches share as choices of a plan: a population of a planned size over planned generations, whose survivors can be
 * scored again.
 */
public abstract class PopulationAlgorithm implements SearchAlgorithm {

    @Override
    public final boolean rescores() {
        return true;
    }

    @Override
    public final int evaluations(SearchSettings settings) {
        return Math.min(settings.budget(), settings.planned());
    }
}
