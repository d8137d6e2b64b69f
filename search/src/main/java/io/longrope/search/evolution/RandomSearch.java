package io.longrope.search.evolution;

import io.longrope.search.evolution.internal.Generational;
import io.longrope.search.evolution.internal.Survival;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;

/** The baseline: the seeds, then uniform valid points. */
final class RandomSearch extends Generational<Double> {

    static final SearchAlgorithm ALGORITHM = new SearchAlgorithm() {

        @Override
        public String name() {
            return "random";
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            return new RandomSearch(space, settings, seeds);
        }
    };

    private final SearchSettings settings;
    private final List<Candidate> seeds;

    private RandomSearch(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        super(space, settings, Survival.ofLowestLoss(1, settings.finalists()), Long.MAX_VALUE);
        this.settings = settings;
        this.seeds = seeds;
    }

    @Override
    protected List<Point> first() {
        var first = new ArrayList<>(novelty().firstOf(seeds));
        first.addAll(novelty().uniform(Math.max(settings.batch() - first.size(), 0)));
        return first;
    }

    @Override
    protected List<Point> breed(List<Point> parents) {
        return novelty().uniform(settings.batch());
    }
}
