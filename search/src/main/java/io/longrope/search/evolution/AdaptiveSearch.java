package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;

/**
 * This project's own search, made for few evaluations: the first batch is the seeds and tables like them, each later one
 * what an {@link AdaptiveBreeder} makes of everything scored so far. Three ideas carry it: known methods belong to one
 * {@link RampFamily} and the tables long searches end with to a {@link ShelfFamily}, so good regions are found by their few
 * parameters; beyond them single pairs matter, each on its own scale
 * ({@link LogCoordinates}); and a {@link LossModel} spends evaluations only where it cannot tell.
 *
 * <p>On five samples, with racing and the tokens of 67 evaluations, each of six to eight seeds passes what Microsoft's released
 * search comes to with 1,344 (median of its seeds) on three models of 16, 24 and 32 pairs at 4 or 8, 8 and 16, and 8 times the
 * window, the median one after 0.2 to 1.0 % of its tokens, with a better table on unseen text. The README has the table.
 */
final class AdaptiveSearch implements SearchAlgorithm {

    /** Where the settings name none: a tenth of the paper's. */
    private static final int EVALUATIONS = 134;
    /** Racing spares who could be the best or the second best: of the others the {@link LossModel} learns from few samples too. */
    private static final int SPARED = 2;

    @Override
    public String name() {
        return "adaptive";
    }

    @Override
    public boolean racesByDefault() {
        return true;
    }

    @Override
    public int evaluations(SearchSettings settings) {
        return limited(settings).budget();
    }

    @Override
    public SearchResult search(SearchSpace space, SearchSettings given, List<Candidate> seeds, Fitness fitness, SearchListener listener)
            throws InterruptedException {
        check(given);
        var settings = limited(given);
        var run = new SearchRun(space, settings, fitness, listener);
        var novelty = new Novelty(space, run.archive(), run.random());
        var breeder = new AdaptiveBreeder(space, settings, run.archive(), novelty, run.random());
        var first = new ArrayList<>(novelty.firstOf(seeds));
        first.addAll(breeder.first(Math.max(settings.batch() - first.size(), 0)));
        return run.evolve(first, AdaptiveBreeder.ELITE, SPARED, breeder, Long.MAX_VALUE);
    }

    private static SearchSettings limited(SearchSettings settings) {
        return settings.maxEvaluations() > 0 ? settings : settings.toBuilder().maxEvaluations(EVALUATIONS).build();
    }
}
