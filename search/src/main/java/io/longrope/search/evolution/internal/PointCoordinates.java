package io.longrope.search.evolution.internal;

import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Arrays;

/**
 * Points as vectors for searches that know vectors only: {@link LogCoordinates}, ln λ in steps that matter about equally, the same as
 * {@code adaptive} has; then, where there are several n̂ to choose from, which of them.
 */
public final class PointCoordinates {

    /** Choices of n̂ that are one step. */
    private static final double CHOICES_PER_STEP = 2;

    private final SearchSpace space;
    private final LogCoordinates logs;
    private final int dimensions;

    public PointCoordinates(SearchSpace space) {
        this.space = space;
        logs = new LogCoordinates(space);
        dimensions = logs.dimensions() + (space.startTokens().size() > 1 ? 1 : 0);
    }

    public int dimensions() {
        return dimensions;
    }

    /** Those that are logarithms, all but that of n̂. */
    public LogCoordinates logs() {
        return logs;
    }

    public double[] of(Point point) {
        var place = Arrays.copyOf(logs.of(point), dimensions);
        if (dimensions > logs.dimensions()) {
            place[dimensions - 1] = coordinate(space.startTokens().indexOf(point.startTokens()));
        }
        return place;
    }

    /** The valid point nearest to a place. */
    public Point point(double[] place) {
        return logs.point(Arrays.copyOf(place, logs.dimensions()), space.startTokens().get(choice(place[dimensions - 1])));
    }

    /** Which n̂ a coordinate is nearest to; the only one where n̂ is no coordinate. */
    public int choice(double coordinate) {
        int last = space.startTokens().size() - 1;
        return (int) Math.max(0, Math.min(last, Math.round(coordinate * CHOICES_PER_STEP)));
    }

    /** The coordinate of a choice of n̂, which may lie between two. */
    public double coordinate(double choice) {
        return choice / CHOICES_PER_STEP;
    }

    /** Every coordinate at its least. */
    public double[] lowest() {
        var factors = new double[space.pairs()];
        for (int group = 0; group < space.groups().count(); group++) {
            space.groups().set(factors, group, space.lower(group));
        }
        return corner(factors, space.attention().lower(), 0);
    }

    /** Every coordinate at its largest. */
    public double[] highest() {
        int groups = space.groups().count();
        var factors = new double[space.pairs()];
        for (int group = 0; group < groups; group++) {
            space.groups().set(factors, group, group < groups - space.stoppable() ? space.upper(group) : space.standsForInfinity());
        }
        return corner(factors, space.attention().upper(), space.startTokens().size() - 1);
    }

    private double[] corner(double[] factors, double attentionFactor, int choice) {
        var corner = Arrays.copyOf(logs.of(Arrays.stream(factors).map(StrictMath::log).toArray(), attentionFactor), dimensions);
        if (dimensions > logs.dimensions()) {
            corner[dimensions - 1] = coordinate(choice);
        }
        return corner;
    }
}
