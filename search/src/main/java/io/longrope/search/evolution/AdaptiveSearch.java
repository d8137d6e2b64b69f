package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;

/**
 * This project's own search, made for few evaluations: the first batch is the seeds and ramps like them, each later one
 * what an {@link AdaptiveBreeder} makes of everything scored so far. Three ideas carry it: known methods belong to one
 * {@link RampFamily}, so good regions are found by its few parameters; beyond it single pairs matter, each on its own scale
 * ({@link LogCoordinates}); and a {@link LossModel} spends evaluations only where it cannot tell.
 */
final class AdaptiveSearch implements SearchAlgorithm {

    @Override
    public String name() {
        return "adaptive";
    }

    @Override
    public boolean racesByDefault() {
        return true;
    }

    @Override
    public SearchResult search(SearchSpace space, SearchSettings settings, List<Candidate> seeds, Fitness fitness, SearchListener listener)
            throws InterruptedException {
        check(settings);
        var run = new SearchRun(space, settings, fitness, listener);
        var novelty = new Novelty(space, run.archive(), run.random());
        var breeder = new AdaptiveBreeder(space, settings.batch(), run.archive(), novelty, run.random());
        var first = new ArrayList<>(novelty.firstOf(seeds));
        first.addAll(breeder.ramps(Math.max(settings.batch() - first.size(), 0)));
        return run.evolve(first, AdaptiveBreeder.ELITE, breeder, Long.MAX_VALUE);
    }
}
