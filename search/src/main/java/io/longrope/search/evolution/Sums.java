package io.longrope.search.evolution;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Sums from left to right. Those of a {@link java.util.stream.DoubleStream} are rounded as the release of Java likes. */
public final class Sums {

    private Sums() {
    }

    public static double of(double[] values) {
        return of(values, value -> value);
    }

    /** Of at least one. */
    public static double mean(List<Double> values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.size();
    }

    public static double of(double[] values, DoubleUnaryOperator term) {
        double sum = 0;
        for (double value : values) {
            sum += term.applyAsDouble(value);
        }
        return sum;
    }
}
