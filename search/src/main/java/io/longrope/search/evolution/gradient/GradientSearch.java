package io.longrope.search.evolution.gradient;

import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.SearchAlgorithm;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.internal.Archive;
import io.longrope.search.evolution.internal.Batched;
import io.longrope.search.evolution.internal.Gaussian;
import io.longrope.search.evolution.internal.LogCoordinates;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Comparator;
import java.util.List;

/**
 * Descent by gradients, an opponent to measure the other searches by, and a polish for a table found by one of them. All seeds are
 * measured with their slopes; from the best of them {@link ResilientSteps} lead on, one candidate after the other, in
 * {@link LogCoordinates}, and each step ends at the nearest valid point. n̂ and a searched attention factor, of which no slope is known,
 * stay those of the best seed.
 *
 * <p>Every candidate costs three passes of each sample, which its tokens count. It keeps no more workers busy than there are samples.
 */
public final class GradientSearch extends Batched {

    public static final SearchAlgorithm ALGORITHM = new SearchAlgorithm() {

        @Override
        public String name() {
            return "gradient";
        }

        @Override
        public boolean asksForSlopes() {
            return true;
        }

        @Override
        public int evaluations(SearchSettings settings) {
            return settings.orEvaluations(EVALUATIONS).budget();
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            return new GradientSearch(space, settings.orEvaluations(EVALUATIONS), seeds);
        }
    };

    /** Where the settings name none: what adaptive asks for then, at three times the price. */
    private static final int EVALUATIONS = 45;
    private static final Comparator<Archive.Entry> BEST_FIRST = Comparator.comparing(Archive.Entry::isStopped)
            .thenComparingDouble(Archive.Entry::loss);

    private final List<Candidate> seeds;
    private final LogCoordinates coordinates;
    private final ResilientSteps steps;

    private GradientSearch(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        super(space, settings, settings.finalists());
        this.seeds = seeds;
        coordinates = new LogCoordinates(space);
        steps = new ResilientSteps(coordinates.dimensions());
    }

    @Override
    protected boolean wantsSlopes() {
        return true;
    }

    @Override
    protected List<Point> points() {
        var entries = archive().entries();
        if (nextGeneration() == 0) {
            var first = novelty().firstOf(seeds);
            return first.isEmpty() ? novelty().uniform(1) : first;
        }
        var best = entries.stream().filter(GradientSearch::hasSlopes).min(BEST_FIRST);
        if (best.isEmpty()) {
            return novelty().uniform(1);
        }
        var last = nextGeneration() == 1 ? best.get() : entries.get(entries.size() - 1);
        if (!hasSlopes(last)) {
            // nothing is known of the way on from there
            steps.shorten();
            return next(best.get().point(), steps.repeated());
        }
        return next(last.point(), steps.next(coordinates.slopes(last.value().slopes())));
    }

    private static boolean hasSlopes(Archive.Entry entry) {
        return Double.isFinite(entry.loss()) && !entry.value().slopes().isEmpty();
    }

    /** Where a step leads, or a little before or behind where that is known; somewhere around where all that is known. */
    private List<Point> next(Point from, double[] step) {
        var place = coordinates.of(from);
        var straight = moved(from, place, step, 1);
        if (archive().claim(straight)) {
            return List.of(straight);
        }
        return novelty().claim(1, () -> moved(from, place, step, 0.5 + random().nextDouble()), () -> {
            var around = new double[place.length];
            for (int i = 0; i < around.length; i++) {
                around[i] = steps.length(i) * Gaussian.next(random());
            }
            return moved(from, place, around, 1);
        });
    }

    private Point moved(Point from, double[] place, double[] step, double by) {
        var moved = place.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += by * step[i];
        }
        return coordinates.point(moved, from.startTokens());
    }
}
