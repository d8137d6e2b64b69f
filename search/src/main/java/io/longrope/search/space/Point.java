package io.longrope.search.space;

import java.util.Arrays;

/**
 * A valid place in a {@link SearchSpace}: in range and on the grid, or +∞ where a pair may stop; monotone and equal in groups where
 * asked. Only a space makes points, so there are no others. Equal by value.
 */
public final class Point {

    private final double[] values;
    private final int startTokens;
    private final double attentionFactor;

    Point(double[] values, int startTokens, double attentionFactor) {
        this.values = values;
        this.startTokens = startTokens;
        this.attentionFactor = attentionFactor;
    }

    public int pairs() {
        return values.length;
    }

    /** λ_i, or the multiplier of pair i where the space has base factors. */
    public double get(int pair) {
        return values[pair];
    }

    /** A copy, d/2 values. */
    public double[] values() {
        return values.clone();
    }

    public int startTokens() {
        return startTokens;
    }

    public double attentionFactor() {
        return attentionFactor;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Point that && startTokens == that.startTokens && attentionFactor == that.attentionFactor
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(values) + startTokens) + Double.hashCode(attentionFactor);
    }

    @Override
    public String toString() {
        return Arrays.toString(values) + " n̂=" + startTokens + " attention=" + attentionFactor;
    }
}
