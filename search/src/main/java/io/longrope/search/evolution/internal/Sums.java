package io.longrope.search.evolution.internal;

import java.util.function.DoubleUnaryOperator;

/** Sums from left to right. Those of a {@link java.util.stream.DoubleStream} are rounded as the release of Java likes. */
public final class Sums {

    private Sums() {
    }

    public static double of(double[] values) {
        return of(values, value -> value);
    }

    public static double of(double[] values, DoubleUnaryOperator term) {
        double sum = 0;
        for (double value : values) {
            sum += term.applyAsDouble(value);
        }
        return sum;
    }
}
