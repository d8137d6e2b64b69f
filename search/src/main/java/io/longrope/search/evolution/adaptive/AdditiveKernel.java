package io.longrope.search.evolution.adaptive;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How alike the losses of two points are. Half of the kernel is a sum over single features, since around a good table the loss is nearly a
 * sum over pairs and is learned from far fewer points that way [2]: Matérn kernels of smoothness 3/2 [1], for valleys with sharp
 * floors. The other half is joint, a squared exponential, for what whole curves have in common. Each feature has a length scale, 1 at
 * first; that of the single kernel is twice that of the joint one.
 *
 * <p>[1] Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equations 4.9 and 4.17.
 * [2] Duvenaud, Nickisch and Rasmussen, Additive Gaussian Processes, arXiv 1112.4394.
 */
final class AdditiveKernel {

    /** What a difference of one length scale is in the units of a {@link FeatureColumn}: √3 / 2. */
    private static final double UNITS_PER_SCALE = Math.sqrt(3) / 2;
    /** Of the joint kernel, for a squared distance in those units. */
    private static final double JOINT = -0.5 / (UNITS_PER_SCALE * UNITS_PER_SCALE);

    /** ln of each length scale. */
    private final double[] logScales;
    private final double[] units;

    AdditiveKernel(int features) {
        logScales = new double[features];
        units = new double[features];
        Arrays.fill(units, UNITS_PER_SCALE);
    }

    int features() {
        return logScales.length;
    }

    double logScale(int feature) {
        return logScales[feature];
    }

    /** What the values of a feature are multiplied by: falls as its length scale grows. */
    double unit(int feature) {
        return units[feature];
    }

    void rescale(int feature, double logScale) {
        logScales[feature] = logScale;
        units[feature] = UNITS_PER_SCALE * StrictMath.exp(-logScale);
    }

    /** How far all length scales together are from 1. */
    double squaredLogScales() {
        double sum = 0;
        for (double logScale : logScales) {
            sum += logScale * logScale;
        }
        return sum;
    }

    /** The features of points at the present length scales, each a column. */
    FeatureColumn[] columns(double[][] points) {
        return IntStream.range(0, features()).mapToObj(k -> FeatureColumn.of(points, k, units[k])).toArray(FeatureColumn[]::new);
    }

    /**
     * The kernel of one point with each of many.
     *
     * @param many  columns of those
     * @param other columns that the point is in
     * @param place of the point there
     */
    double[] of(FeatureColumn[] many, FeatureColumn[] other, int place) {
        int count = many[0].values().length;
        var squares = new double[count];
        var sums = new double[count];
        for (int k = 0; k < many.length; k++) {
            many[k].add(other[k], place, count, squares, sums, 0);
        }
        for (int i = 0; i < count; i++) {
            sums[i] = of(squares[i], sums[i]);
        }
        return sums;
    }

    /**
     * @param squares squared distance over all features, in units of the columns
     * @param sum     of the kernels of single features
     */
    double of(double squares, double sum) {
        return 0.5 * StrictMath.exp(JOINT * squares) + 0.5 * sum / logScales.length;
    }
}
