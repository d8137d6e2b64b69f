package io.longrope.search.evolution.longrope2;

import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Makes tables of LongRoPE2's shape: from the critical pair c on free and monotone in [s, 2 s], before it NTK's
 * λ_i = λ_c^(i/c). Where the space's bounds are narrower than the shape they win.
 */
final class CriticalOperators {

    private final SearchSpace space;
    private final double probability;
    private final RandomGenerator random;
    private final int lowest;
    private final int highest;
    private final double floor;
    private final double ceiling;
    private final Map<Point, Integer> criticalPairs = new HashMap<>();

    CriticalOperators(SearchSpace space, SearchSettings settings, RandomGenerator random) {
        this.space = space;
        this.random = random;
        probability = settings.mutationProbability();
        var found = CriticalPairs.of(space.geometry());
        lowest = settings.criticalPair() > 0 ? settings.criticalPair() : Math.max(1, found.tenTurns());
        highest = settings.criticalPair() > 0 ? settings.criticalPair() : Math.max(lowest, found.oneTurn());
        floor = space.grid().ceiling(space.extensionRatio());
        ceiling = Math.max(floor, space.grid().floor(Math.min(2 * space.extensionRatio(), space.upper(space.pairs() - 1))));
    }

    /** A common factor from a random critical pair on. */
    Point first() {
        var values = new double[space.pairs()];
        Arrays.fill(values, space.grid().draw(floor, ceiling, random));
        return shaped(values, drawCritical(), space.drawStartTokens(random), space.drawAttention(random));
    }

    /** The table of this shape that keeps a point's factors from the middle of the critical pairs on. */
    Point shaped(Point point) {
        return shaped(point.values(), (lowest + highest + 1) / 2, point.startTokens(), point.attentionFactor());
    }

    Point mutate(Point parent) {
        int critical = hit() ? drawCritical() : critical(parent);
        var values = parent.values();
        for (int i = critical; i < values.length; i++) {
            values[i] = Math.max(values[i], floor);
        }
        for (int i = critical; i < values.length; i++) {
            if (hit()) {
                double from = i == critical ? floor : values[i - 1];
                double to = i == values.length - 1 ? ceiling : values[i + 1];
                values[i] = space.grid().draw(from, Math.max(from, to), random);
            }
        }
        return shaped(values, critical, hit() ? space.drawStartTokens(random) : parent.startTokens(),
                hit() ? space.drawAttention(random) : parent.attentionFactor());
    }

    /** The first parent's critical pair, with factors of the other where they fit. */
    Point cross(Point parent, Point other) {
        int critical = critical(parent);
        var values = parent.values();
        for (int i = critical; i < values.length; i++) {
            double value = other.get(i);
            boolean fits = value >= (i == critical ? floor : values[i - 1]) && (i == values.length - 1 || value <= values[i + 1]);
            if (fits && hit()) {
                values[i] = value;
            }
        }
        return shaped(values, critical, (hit() ? other : parent).startTokens(), (hit() ? other : parent).attentionFactor());
    }

    int critical(Point point) {
        return criticalPairs.get(point);
    }

    private Point shaped(double[] values, int critical, int startTokens, double attentionFactor) {
        for (int i = critical; i < values.length; i++) {
            values[i] = Math.max(floor, Math.min(ceiling, values[i]));
        }
        for (int i = 0; i < critical; i++) {
            values[i] = StrictMath.pow(values[critical], (double) i / critical);
        }
        var point = space.nearest(values, startTokens, attentionFactor);
        criticalPairs.putIfAbsent(point, critical);
        return point;
    }

    private int drawCritical() {
        return random.nextInt(lowest, highest + 1);
    }

    private boolean hit() {
        return random.nextDouble() < probability;
    }
}
