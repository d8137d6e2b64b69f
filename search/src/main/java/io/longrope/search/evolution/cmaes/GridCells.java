package io.longrope.search.evolution.cmaes;

import io.longrope.search.evolution.internal.PointCoordinates;
import io.longrope.search.space.Grid;
import io.longrope.search.space.SearchSpace;

import java.util.function.DoubleUnaryOperator;

/** The cell of the grid that a coordinate is in, in coordinates. */
record GridCells(SearchSpace space, PointCoordinates coordinates) implements Margin.Cells {

    @Override
    public Margin.Cell of(int coordinate, double mean) {
        var logs = coordinates.logs();
        if (coordinate == logs.dimensions()) {
            return cell(coordinates.choice(mean), 0, space.startTokens().size() - 1.0, 1, coordinates::coordinate);
        }
        double width = logs.width(coordinate);
        boolean isFactor = coordinate < logs.factors();
        var grid = isFactor ? space.grid() : new Grid(space.attention().step());
        double lower = isFactor ? space.lower(coordinate) : space.attention().lower();
        double upper = isFactor ? space.upper(coordinate) : space.attention().upper();
        return cell(grid.nearest(StrictMath.exp(mean * width)), lower, upper, grid.step(), value -> StrictMath.log(value) / width);
    }

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
