package io.longrope.search.evolution.cmaes;

import io.longrope.search.evolution.internal.LogCoordinates;
import io.longrope.search.space.Grid;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Points as vectors: {@link LogCoordinates}, ln λ in steps that matter about equally, the same as {@code adaptive} has; then, where there
 * are several n̂ to choose from, which of them.
 */
final class Coordinates implements Margin.Cells {

    /** Choices of n̂ that are one step. */
    private static final double CHOICES_PER_STEP = 2;

    private final SearchSpace space;
    private final LogCoordinates logs;
    private final int dimensions;

    Coordinates(SearchSpace space) {
        this.space = space;
        logs = new LogCoordinates(space);
        dimensions = logs.dimensions() + (space.startTokens().size() > 1 ? 1 : 0);
    }

    int dimensions() {
        return dimensions;
    }

    double[] of(Point point) {
        var place = Arrays.copyOf(logs.of(point), dimensions);
        if (dimensions > logs.dimensions()) {
            place[dimensions - 1] = space.startTokens().indexOf(point.startTokens()) / CHOICES_PER_STEP;
        }
        return place;
    }

    /** The valid point nearest to a place. */
    Point point(double[] place) {
        return logs.point(Arrays.copyOf(place, logs.dimensions()), space.startTokens().get(choice(place[dimensions - 1])));
    }

    /** Which n̂; the only one where n̂ is no coordinate. */
    private int choice(double coordinate) {
        int last = space.startTokens().size() - 1;
        return (int) Math.max(0, Math.min(last, Math.round(coordinate * CHOICES_PER_STEP)));
    }

    @Override
    public Margin.Cell of(int coordinate, double mean) {
        if (coordinate == logs.dimensions()) {
            return cell(choice(mean), 0, space.startTokens().size() - 1.0, 1, choice -> choice / CHOICES_PER_STEP);
        }
        double width = logs.width(coordinate);
        boolean isFactor = coordinate < logs.factors();
        var grid = isFactor ? space.grid() : new Grid(space.attention().step());
        double lower = isFactor ? space.lower(coordinate) : space.attention().lower();
        double upper = isFactor ? space.upper(coordinate) : space.attention().upper();
        return cell(grid.nearest(StrictMath.exp(mean * width)), lower, upper, grid.step(), value -> StrictMath.log(value) / width);
    }

    /** The cell of a value on a grid, in coordinates. */
    private static Margin.Cell cell(double value, double lower, double upper, double step,
                                    DoubleUnaryOperator coordinate) {
        if (step == 0 || lower == upper) {
            return new Margin.Cell(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        }
        double inRange = Math.max(lower, Math.min(upper, value));
        double low = inRange - step / 2;
        double high = inRange + step / 2;
        return new Margin.Cell(low < lower ? Double.NEGATIVE_INFINITY : coordinate.applyAsDouble(low),
                high > upper ? Double.POSITIVE_INFINITY : coordinate.applyAsDouble(high));
    }
}
