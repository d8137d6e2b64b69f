package io.longrope.evaluator.metric;

import java.util.OptionalDouble;

/**
 * A figure and how far it may be off.
 *
 * @param value         NaN or infinite when a loss was
 * @param standardError of the mean over independent samples; empty when it is not known, as with one sample
 */
public record Estimate(double value, OptionalDouble standardError) {

    /** A figure that is not a mean over samples, or whose spread nobody asked for. */
    public static Estimate of(double value) {
        return new Estimate(value, OptionalDouble.empty());
    }

    /** The mean of one value a sample, and its standard error √(variance / n), the variance with n − 1. */
    public static Estimate mean(double[] samples) {
        double sum = 0;
        for (double sample : samples) {
            sum += sample;
        }
        double mean = sum / samples.length;
        double squares = 0;
        for (double sample : samples) {
            squares += (sample - mean) * (sample - mean);
        }
        double error = Math.sqrt(squares / (samples.length - 1) / samples.length);
        return new Estimate(mean, samples.length > 1 && Double.isFinite(error) ? OptionalDouble.of(error) : OptionalDouble.empty());
    }
}
