package io.longrope.search.evolution.adaptive;

import java.util.Arrays;

/**
 * How alike the losses of two points are. Half of the kernel is a sum over single features, since around a good table the loss is nearly a
 * sum over pairs and is learned from far fewer points that way [2]: Matérn kernels of smoothness 3/2 [1], for valleys with sharp floors.
 * The other half is joint, a squared exponential, for what whole curves have in common. Each feature has a length scale, 1 at first.
 *
 * <p>[1] Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equations 4.9 and 4.17.
 * [2] Duvenaud, Nickisch and Rasmussen, Additive Gaussian Processes, arXiv 1112.4394.
 */
final class AdditiveKernel {

    /** ln of each length scale. */
    private final double[] logScales;
    /** 1 / length scale². */
    private final double[] precisions;

    AdditiveKernel(int features) {
        logScales = new double[features];
        precisions = new double[features];
        Arrays.fill(precisions, 1);
    }

    int features() {
        return logScales.length;
    }

    double logScale(int feature) {
        return logScales[feature];
    }

    double precision(int feature) {
        return precisions[feature];
    }

    void rescale(int feature, double logScale) {
        logScales[feature] = logScale;
        precisions[feature] = StrictMath.exp(-2 * logScale);
    }

    /** How far all length scales together are from 1. */
    double squaredLogScales() {
        double sum = 0;
        for (double logScale : logScales) {
            sum += logScale * logScale;
        }
        return sum;
    }

    double of(double[] a, double[] b) {
        double squares = 0;
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            double square = square(k, a[k] - b[k]);
            squares += square;
            sum += alone(square);
        }
        return of(squares, sum);
    }

    /**
     * @param squares squared distance over all features, in length scales
     * @param sum     of the kernels of single features
     */
    double of(double squares, double sum) {
        return 0.5 * StrictMath.exp(-0.5 * squares) + 0.5 * sum / logScales.length;
    }

    /** A squared distance in one feature, in length scales. */
    double square(int feature, double difference) {
        return difference * difference * precisions[feature];
    }

    /** The kernel of one feature, whose length scale is twice that of the joint one. */
    static double alone(double square) {
        double distance = Math.sqrt(3 * square) / 2;
        return (1 + distance) * StrictMath.exp(-distance);
    }
}
