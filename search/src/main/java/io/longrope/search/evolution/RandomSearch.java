package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;

/** The baseline: the seeds, then uniform valid points. */
final class RandomSearch implements SearchAlgorithm {

    @Override
    public String name() {
        return "random";
    }

    @Override
    public SearchResult search(SearchSpace space, SearchSettings settings, List<Candidate> seeds, Fitness fitness, SearchListener listener)
            throws InterruptedException {
        check(settings);
        var run = new SearchRun(space, settings, fitness, listener);
        var novelty = new Novelty(space, run.archive(), run.random());
        var first = new ArrayList<>(novelty.firstOf(seeds));
        first.addAll(novelty.uniform(Math.max(settings.batch() - first.size(), 0)));
        return run.evolve(first, 1, parents -> novelty.uniform(settings.batch()), Long.MAX_VALUE);
    }
}
