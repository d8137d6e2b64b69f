package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.internal.Gaussian;
import io.longrope.search.evolution.internal.LogCoordinates;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Moves one or two coordinates of a good point, or two and all between them alike, and leaves the others, as the trust
 * region search TuRBO does in many dimensions (Eriksson et al., Scalable Global Optimization via Local Bayesian
 * Optimization, arXiv 1910.01739, §3.2): around a good table the loss of a trained model has narrow valleys along the
 * high-frequency pairs, a few percent of λ wide, which a step in all pairs at once leaves. Coordinates that matter are
 * moved the more often.
 */
final class CoordinateMoves {

    private static final int MOST_COORDINATES = 2;
    /** Share of moves of all coordinates between two: a shelf of pairs below the critical one rises or falls as a whole. */
    static final double STRETCHES = 0.25;
    /** In steps of the {@link LogCoordinates}: the median length of a move, which varies from move to move. */
    static final double STEP = 1.5;
    static final double STEP_SPREAD = 0.7;
    static final double NEW_START_TOKENS = 0.05;

    private final SearchSpace space;
    private final LogCoordinates coordinates;
    private final RandomGenerator random;
    /** Running sum of the coordinates' importance. */
    private final double[] chances;

    CoordinateMoves(SearchSpace space, LogCoordinates coordinates, RandomGenerator random) {
        this.space = space;
        this.coordinates = coordinates;
        this.random = random;
        chances = new double[coordinates.dimensions()];
        for (int i = 0; i < chances.length; i++) {
            chances[i] = coordinates.importance(i) + (i == 0 ? 0 : chances[i - 1]);
        }
    }

    /** The valid point nearest to the one moved to. */
    Point from(Point point) {
        var steps = coordinates.of(point);
        double length = STEP * StrictMath.exp(STEP_SPREAD * Gaussian.next(random));
        if (random.nextDouble() < STRETCHES) {
            int one = any();
            int other = any();
            double shift = length * Gaussian.next(random);
            for (int i = Math.min(one, other); i <= Math.max(one, other); i++) {
                steps[i] += shift;
            }
        } else {
            int count = 1 + random.nextInt(MOST_COORDINATES);
            for (int k = 0; k < count; k++) {
                steps[any()] += length * Gaussian.next(random);
            }
        }
        int startTokens = random.nextDouble() < NEW_START_TOKENS ? space.drawStartTokens(random) : point.startTokens();
        return coordinates.point(steps, startTokens);
    }

    private int any() {
        int place = Arrays.binarySearch(chances, random.nextDouble(chances[chances.length - 1]));
        return place < 0 ? -place - 1 : place + 1;
    }
}
