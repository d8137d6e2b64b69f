package io.longrope.search.evolution.nsga2;

import io.longrope.search.evolution.internal.Gaussian;
import io.longrope.search.evolution.internal.Cholesky;
import io.longrope.search.evolution.internal.LogCoordinates;
import io.longrope.search.evolution.internal.RampFamily;
import io.longrope.search.evolution.internal.Stops;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Alters whole curves in {@link LogCoordinates}. A front between two wishes is roughly a path in log λ, from a little
 * stretched table to the one best at the long length, so members are mixed along and beyond the line between two of them,
 * and varied by smooth curves over several scales. On four of the six analytic problems, with a second wish for λ = 1, the
 * paper's operators cover less after 600 evaluations than {@link RampFamily} members after 64; these keep gaining.
 */
final class CurveOperators {

    /** Share of mutants that are new members of the ramp family. */
    private static final double NEW_RAMPS = 0.3;
    private static final double NEW_START_TOKENS = 0.2;
    /** How far beyond either parent a mixture reaches, in distances between them. */
    private static final double BEYOND = 0.3;
    /** Curves are smooth over this share of the pairs. */
    private static final double SMOOTHNESS = 0.15;
    private static final double INDEPENDENT = 0.3;
    /** In steps of the coordinates. */
    private static final double STEP = 0.7;

    private final SearchSpace space;
    private final RandomGenerator random;
    private final LogCoordinates coordinates;
    private final Cholesky smooth;

    CurveOperators(SearchSpace space, RandomGenerator random) {
        this.space = space;
        this.random = random;
        coordinates = new LogCoordinates(space);
        smooth = Cholesky.of(coordinates.smoothCovariance(SMOOTHNESS * space.pairs(), INDEPENDENT));
    }

    /** A member of the ramp family with the smallest n̂. */
    Point ramp() {
        var logs = Stops.some(space, RampFamily.draw(space, random).logs(space.pairs()), random);
        return coordinates.point(coordinates.of(logs, space.drawAttention(random)), space.startTokens().get(0));
    }

    /** A ramp of its own, or the parent moved by a smooth curve whose size varies from mutant to mutant. */
    Point mutate(Point parent) {
        if (random.nextDouble() < NEW_RAMPS) {
            return ramp();
        }
        return coordinates.point(moved(coordinates.of(parent), STEP * StrictMath.exp(Gaussian.next(random))), startTokens(parent));
    }

    /** A place on the line through both parents in log λ, moved a little. */
    Point mix(Point one, Point other) {
        var from = coordinates.of(one);
        var to = coordinates.of(other);
        double share = random.nextDouble(-BEYOND, 1 + BEYOND);
        for (int i = 0; i < from.length; i++) {
            from[i] += share * (to[i] - from[i]);
        }
        return coordinates.point(moved(from, STEP / 4 * StrictMath.exp(Gaussian.next(random))),
                startTokens(random.nextBoolean() ? one : other));
    }

    private double[] moved(double[] steps, double distance) {
        var z = new double[steps.length];
        for (int i = 0; i < z.length; i++) {
            z[i] = Gaussian.next(random);
        }
        var move = smooth.times(z);
        for (int i = 0; i < steps.length; i++) {
            steps[i] += distance * move[i];
        }
        return steps;
    }

    private int startTokens(Point parent) {
        return random.nextDouble() < NEW_START_TOKENS ? space.drawStartTokens(random) : parent.startTokens();
    }
}
