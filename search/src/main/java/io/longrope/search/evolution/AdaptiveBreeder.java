package io.longrope.search.evolution;

import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Proposes many more points than can be scored, members of the {@link RampFamily} and samples of a
 * {@link ShapeDistribution} that follows the elite, and lets a {@link Screening} pick the batch.
 */
final class AdaptiveBreeder implements Breeder {

    private static final int RAMPS = 150;
    private static final int SAMPLES = 300;
    static final int ELITE = 4;
    private static final double NEW_START_TOKENS = 0.2;
    /** Curves are smooth over this share of the pairs at first. */
    private static final double SMOOTHNESS = 0.15;
    private static final double INDEPENDENT = 0.6;
    /** In steps of the {@link LogCoordinates}. */
    private static final double FIRST_STEP = 1;

    private final SearchSpace space;
    private final int batch;
    private final Archive archive;
    private final Novelty novelty;
    private final RandomGenerator random;
    private final LogCoordinates coordinates;
    private final ShapeDistribution distribution;
    private final Screening screening;
    private double bestBefore = Double.POSITIVE_INFINITY;

    AdaptiveBreeder(SearchSpace space, int batch, Archive archive, Novelty novelty, RandomGenerator random) {
        this.space = space;
        this.batch = batch;
        this.archive = archive;
        this.novelty = novelty;
        this.random = random;
        coordinates = new LogCoordinates(space);
        distribution = new ShapeDistribution(coordinates.smoothCovariance(SMOOTHNESS * space.pairs(), INDEPENDENT), FIRST_STEP);
        screening = new Screening(new CurveFeatures(coordinates), archive);
    }

    /** Up to {@code count} untried ramps, claimed. */
    List<Point> ramps(int count) {
        return novelty.claim(count, this::ramp, this::ramp);
    }

    @Override
    public List<Point> breed(List<Point> parents) {
        var elite = archive.ranked().stream().limit(ELITE).map(Archive.Entry::point).toList();
        double best = archive.best().loss();
        distribution.learn(elite.stream().map(coordinates::of).toList(), best < bestBefore);
        bestBefore = best;
        if (!screening.isReady()) {
            return ramps(batch);
        }
        var proposals = new ArrayList<Point>(RAMPS + SAMPLES);
        for (int i = 0; i < RAMPS; i++) {
            proposals.add(ramp());
        }
        for (int i = 0; i < SAMPLES; i++) {
            proposals.add(sample(elite));
        }
        var picked = new ArrayList<>(screening.pick(proposals, batch));
        picked.addAll(novelty.claim(batch - picked.size(), () -> sample(elite), this::ramp));
        return picked;
    }

    private Point ramp() {
        var steps = coordinates.of(RampFamily.draw(space, random).logs(space.pairs()), space.drawAttention(random));
        int startTokens = archive.evaluations() == 0 ? space.startTokens().get(0) : archive.best().point().startTokens();
        return coordinates.point(steps, startTokens);
    }

    private Point sample(List<Point> elite) {
        int startTokens = random.nextDouble() < NEW_START_TOKENS ? space.drawStartTokens(random)
                : elite.get(random.nextInt(elite.size())).startTokens();
        return coordinates.point(distribution.sample(random), startTokens);
    }
}
