package io.longrope.search.evolution.cmaes;

import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.SearchAlgorithm;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.internal.Archive;
import io.longrope.search.evolution.internal.Batched;
import io.longrope.search.evolution.internal.PointCoordinates;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * CMA-ES with margin, an opponent to measure the other searches by: the covariance matrix adaptation evolution strategy with the
 * tutorial's defaults ({@link SearchDistribution}), on ln λ, n̂ as one more ordered coordinate ({@link PointCoordinates}), and a
 * {@link Margin} that keeps it from being stuck on the grid. It starts at the best seed. What it draws is measured at the nearest valid
 * point and learned from as it was drawn, so that a step size is not taken for smaller because the order of the factors pressed it
 * together.
 *
 * <p>Generational: a generation, 4 + ⌊3 ln n⌋ candidates or the batch where that is more, is drawn from what all before it taught.
 */
public final class CmaEsSearch extends Batched {

    public static final SearchAlgorithm ALGORITHM = new SearchAlgorithm() {

        @Override
        public String name() {
            return "cma-es";
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            return new CmaEsSearch(space, settings, seeds);
        }
    };

    /** σ at first, in steps of the coordinates: of 1/2, 1, 2 and 4 the one that ends lowest on the formulas after 67 evaluations. */
    private static final double FIRST_STEP = 4;

    private final List<Candidate> seeds;
    private final PointCoordinates coordinates;
    private final int population;
    /** What was drawn for each point of this generation. */
    private final Map<Point, double[]> drawn = new HashMap<>();
    private SearchDistribution distribution;

    private CmaEsSearch(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        super(space, settings, settings.finalists());
        this.seeds = seeds;
        coordinates = new PointCoordinates(space);
        population = Math.max(settings.batch(), 4 + (int) Math.floor(3 * StrictMath.log(coordinates.dimensions())));           // (48)
    }

    @Override
    protected List<Point> points() {
        if (nextGeneration() == 0) {
            var first = novelty().firstOf(seeds);
            return first.isEmpty() ? novelty().uniform(population) : first;
        }
        if (distribution == null) {
            distribution = new SearchDistribution(coordinates.of(archive().best().point()), FIRST_STEP, population);
            distribution.keep(margin());
        } else {
            learn();
        }
        drawn.clear();
        return novelty().claim(population, this::draw, this::draw);
    }

    private Point draw() {
        var step = distribution.draw(random());
        var point = coordinates.point(distribution.place(step));
        if (archive().isNew(point)) {
            drawn.put(point, step);
        }
        return point;
    }

    /** Nothing is learned from a generation of which some had to be drawn uniformly, since all else was known. */
    private void learn() {
        var ranked = archive().ranked().stream().map(Archive.Entry::point).filter(drawn::containsKey).map(drawn::get).toList();
        if (ranked.size() == population) {
            distribution.learn(ranked);
            distribution.keep(margin());
        }
    }

    private Margin margin() {
        return new Margin(new GridCells(space(), coordinates), 1.0 / (coordinates.dimensions() * population));
    }
}
