package io.longrope.search.evolution.turbo;

import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.SearchAlgorithm;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Sums;
import io.longrope.search.evolution.internal.Archive;
import io.longrope.search.evolution.internal.Batched;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * TuRBO-1, an opponent to measure the other searches by: Bayesian optimisation within a {@link TrustRegion} around the best point [1,
 * section 2]. A {@link GaussianProcess} of all that was measured since the region began is drawn from, once for each point of a batch, at
 * many places of the region, and where a draw is lowest is measured (Thompson sampling). A region that shrank away is given up, and the
 * next one begins with points drawn uniformly. It is fitted to the valid points that were measured, so what order and grid make of a
 * place is what the model learns from.
 *
 * <p>The first region begins with the seeds, as every search here, and a batch drawn around the best of them in place of the paper's
 * Latin hypercube of the domain, whose flat curves, twice as many as there are dimensions, would be the whole of a small budget.
 *
 * <p>Generational: a batch is drawn from what all before it taught.
 *
 * <p>[1] Eriksson, Pearce, Gardner, Turner and Poloczek, Scalable Global Optimization via Local Bayesian Optimization, NeurIPS 2019, arXiv
 * 1910.01739.
 */
public final class TurboSearch extends Batched {

    public static final SearchAlgorithm ALGORITHM = new SearchAlgorithm() {

        @Override
        public String name() {
            return "turbo";
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            return new TurboSearch(space, settings, seeds);
        }
    };

    /** Places a draw is taken at; in the paper up to 5,000, here fewer, for drawing jointly is cubic in them. */
    private static final int PLACES = 500;
    /** More are too slow to fit; the best ones describe where the region is. */
    private static final int MODEL_POINTS = 128;

    private final List<Candidate> seeds;
    private final int batch;
    private final UnitCube cube;
    private TrustRegion region;
    /** How many evaluations came before the region. */
    private int before;
    /** The lowest loss of the region when it was last asked; +∞ where none was known. */
    private double lowest = Double.POSITIVE_INFINITY;

    private TurboSearch(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        super(space, settings, settings.finalists());
        this.seeds = seeds;
        batch = settings.batch();
        cube = new UnitCube(space);
        region = TrustRegion.of(cube.dimensions(), batch);
    }

    @Override
    protected List<Point> points() {
        if (nextGeneration() == 0) {
            var first = novelty().firstOf(seeds);
            return first.isEmpty() ? novelty().uniform(batch) : first;
        }
        var known = known();
        if (known.isEmpty()) {
            return novelty().uniform(batch);
        }
        var best = known.get(0);
        if (Double.isFinite(lowest)) {
            region.judge(lowest, best.loss());
        }
        lowest = best.loss();
        if (region.isGivenUp()) {
            region = TrustRegion.of(cube.dimensions(), batch);
            before = archive().evaluations();
            lowest = Double.POSITIVE_INFINITY;
            return novelty().uniform(batch);
        }
        return known.size() < batch ? around(best.point()) : sampled(known);
    }

    /** Finite losses of the region, best first. */
    private List<Archive.Entry> known() {
        var entries = archive().entries();
        return entries.subList(before, entries.size()).stream().filter(entry -> Double.isFinite(entry.loss()))
                .sorted(Comparator.comparing(Archive.Entry::isStopped).thenComparingDouble(Archive.Entry::loss)).toList();
    }

    /** Too little is known for a model: a batch from the whole region. */
    private List<Point> around(Point best) {
        var sides = new double[cube.dimensions()];
        Arrays.fill(sides, region.length());
        return claim(batch, best, sides);
    }

    private List<Point> sampled(List<Archive.Entry> known) {
        var best = known.get(0).point();
        var model = model(known.subList(0, Math.min(MODEL_POINTS, known.size())));
        var sides = region.sides(model.parameters().lengthScales());
        var untried = Stream.generate(() -> cube.near(best, sides, random())).limit(PLACES).filter(archive()::isNew).distinct().toList();
        var draws = model.draw(untried.stream().map(cube::of).toArray(double[][]::new), batch, random());
        var picked = new ArrayList<Point>(batch);
        for (var draw : draws) {
            int choice = lowest(draw, untried);
            if (choice >= 0 && archive().claim(untried.get(choice))) {
                picked.add(untried.get(choice));
            }
        }
        picked.addAll(claim(batch - picked.size(), best, sides));
        return picked;
    }

    private List<Point> claim(int count, Point best, double[] sides) {
        return novelty().claim(count, () -> cube.near(best, sides, random()), () -> cube.near(best, sides, random()));
    }

    /** Where a draw is lowest among the points not claimed yet; -1 where there is none. */
    private int lowest(double[] draw, List<Point> points) {
        int choice = -1;
        for (int i = 0; i < draw.length; i++) {
            if (archive().isNew(points.get(i)) && (choice < 0 || draw[i] < draw[choice])) {
                choice = i;
            }
        }
        return choice;
    }

    /** Of losses as the authors' release scales them: less their median, in standard deviations. */
    private GaussianProcess model(List<Archive.Entry> known) {
        var places = known.stream().map(entry -> cube.of(entry.point())).toArray(double[][]::new);
        var losses = known.stream().mapToDouble(Archive.Entry::loss).toArray();
        double median = median(losses);
        double mean = Sums.of(losses) / losses.length;
        double deviation = Math.sqrt(Sums.of(losses, loss -> (loss - mean) * (loss - mean)) / losses.length);
        double scale = deviation > 0 ? deviation : 1;
        var targets = Arrays.stream(losses).map(loss -> (loss - median) / scale).toArray();
        return new GaussianProcess(places, targets, new Likelihood(places, targets).climb());
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
