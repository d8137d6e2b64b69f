package io.longrope.search.evolution;

import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Moves one or two coordinates of a good point and leaves the others, as the trust region search TuRBO does in many
 * dimensions (Eriksson et al., Scalable Global Optimization via Local Bayesian Optimization, arXiv 1910.01739, §3.2): around
 * a good table the loss of a trained model has narrow valleys along the high-frequency pairs, a few percent of λ wide,
 * which a step in all pairs at once leaves.
 */
final class CoordinateMoves {

    private static final int MOST_COORDINATES = 2;
    /** In steps of the {@link LogCoordinates}: the median length of a move, which varies from move to move. */
    static final double STEP = 1.5;
    static final double STEP_SPREAD = 0.7;
    static final double NEW_START_TOKENS = 0.05;

    private final SearchSpace space;
    private final LogCoordinates coordinates;
    private final RandomGenerator random;

    CoordinateMoves(SearchSpace space, LogCoordinates coordinates, RandomGenerator random) {
        this.space = space;
        this.coordinates = coordinates;
        this.random = random;
    }

    /** The valid point nearest to the one moved to. */
    Point from(Point point) {
        var steps = coordinates.of(point);
        int count = 1 + random.nextInt(MOST_COORDINATES);
        double length = STEP * Math.exp(STEP_SPREAD * random.nextGaussian());
        for (int k = 0; k < count; k++) {
            steps[random.nextInt(steps.length)] += length * random.nextGaussian();
        }
        int startTokens = random.nextDouble() < NEW_START_TOKENS ? space.drawStartTokens(random) : point.startTokens();
        return coordinates.point(steps, startTokens);
    }
}
