package io.longrope.search.evolution.adaptive;

import java.util.Arrays;

/**
 * One feature of many points, in units of the kernel, with what makes the Matérn kernel of it between any two points cheap: of e^a e^-b
 * and e^-a e^b the smaller one is e^-|a - b|, so that exponentials are taken of points and not of pairs of points. The loops are plain, for
 * the JVM to work on several numbers at once.
 *
 * @param values  feature of every point, in units: {@link AdditiveKernel#unit}
 * @param rising  e^value
 * @param falling e^-value
 * @param wide    values so far from 0 that a product of two exponentials could overflow; then those of pairs are taken
 */
record FeatureColumn(double[] values, double[] rising, double[] falling, boolean wide) {

    /** e to the sum of two of these is far below the largest number. */
    private static final double FARTHEST = 350;

    /** @param points one row of features each */
    static FeatureColumn of(double[][] points, int feature, double unit) {
        return of(Arrays.stream(points).mapToDouble(point -> point[feature] * unit).toArray());
    }

    /** @param values in units */
    static FeatureColumn of(double[] values) {
        return new FeatureColumn(values, Arrays.stream(values).map(StrictMath::exp).toArray(),
                Arrays.stream(values).map(value -> StrictMath.exp(-value)).toArray(),
                Arrays.stream(values).anyMatch(value -> Math.abs(value) > FARTHEST));
    }

    /**
     * Adds what this feature contributes between one point and each of the first of these.
     *
     * @param other   column of the same feature and unit that the point is in
     * @param place   of the point there
     * @param count   how many of these points
     * @param squares squared distances in units, added to from {@code at} on
     * @param alone   kernels of this feature alone, (1 + d) e^-d at distance d, added to from {@code at} on
     */
    void add(FeatureColumn other, int place, int count, double[] squares, double[] alone, int at) {
        double value = other.values[place];
        if (wide || other.wide) {
            for (int i = 0; i < count; i++) {
                double distance = Math.abs(values[i] - value);
                squares[at + i] += distance * distance;
                alone[at + i] += (1 + distance) * StrictMath.exp(-distance);
            }
            return;
        }
        double up = other.rising[place];
        double down = other.falling[place];
        for (int i = 0; i < count; i++) {
            double distance = Math.abs(values[i] - value);
            squares[at + i] += distance * distance;
            alone[at + i] += (1 + distance) * Math.min(rising[i] * down, falling[i] * up);
        }
    }
}
