package io.longrope.search.evolution;

import io.longrope.search.evolution.internal.Batched;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;

/** The baseline: the seeds, then uniform valid points. */
final class RandomSearch extends Batched {

    static final SearchAlgorithm ALGORITHM = new SearchAlgorithm() {

        @Override
        public String name() {
            return "random";
        }

        @Override
        public boolean asksAhead() {
            return true;
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
        super(space, settings, settings.finalists());
        this.settings = settings;
        this.seeds = seeds;
    }

    @Override
    protected List<Point> points() {
        return drawn(nextGeneration() == 0 ? first() : novelty().uniform(settings.batch()));
    }

    private List<Point> first() {
        var first = new ArrayList<>(novelty().firstOf(seeds));
        first.addAll(novelty().uniform(Math.max(settings.batch() - first.size(), 0)));
        return first;
    }
}
