package io.longrope.search.evolution.turbo;

import io.longrope.search.evolution.internal.PointCoordinates;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Points as places for a {@link TrustRegion}: {@link PointCoordinates}, ln λ in steps that matter about equally, of which
 * {@value #STEPS_PER_UNIT} are what the paper's unit cube is wide. A pair whose factor must be met closely is longer than a unit, one that
 * hardly matters shorter.
 */
final class UnitCube {

    /** 8 and 16 end about alike on the formulas after 67 evaluations, 32 and the whole range of each coordinate higher. */
    private static final double STEPS_PER_UNIT = 16;
    /**
     * How many coordinates of a place differ from the best point's, about: in the paper 20. Of 4, 8, 20 and all the one that ends lowest on
     * the formulas; a change of one pair moves its neighbours with it where the order asks for it.
     */
    private static final double CHANGED = 4;

    private final PointCoordinates coordinates;
    private final double[] lowest;
    private final double[] highest;

    UnitCube(SearchSpace space) {
        coordinates = new PointCoordinates(space);
        lowest = coordinates.lowest();
        highest = coordinates.highest();
    }

    int dimensions() {
        return coordinates.dimensions();
    }

    double[] of(Point point) {
        var place = coordinates.of(point);
        for (int i = 0; i < place.length; i++) {
            place[i] = (place[i] - lowest[i]) / STEPS_PER_UNIT;
        }
        return place;
    }

    /** Some of a point's coordinates, at least one, drawn anew within a box around it; then the nearest valid point. */
    Point near(Point center, double[] sides, RandomGenerator random) {
        var place = coordinates.of(center);
        double share = Math.min(1, CHANGED / place.length);
        int certain = random.nextInt(place.length);
        for (int i = 0; i < place.length; i++) {
            if (i == certain || random.nextDouble() < share) {
                double reach = sides[i] * STEPS_PER_UNIT / 2;
                double low = Math.max(lowest[i], place[i] - reach);
                double high = Math.min(highest[i], place[i] + reach);
                place[i] = low + random.nextDouble() * (high - low);
            }
        }
        return coordinates.point(place);
    }
}
