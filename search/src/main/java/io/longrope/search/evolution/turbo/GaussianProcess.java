package io.longrope.search.evolution.turbo;

import io.longrope.search.evolution.internal.Cholesky;
import io.longrope.search.evolution.internal.Gaussian;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Gaussian process regression [1, algorithm 2.1] with a constant mean and a Matérn kernel of smoothness 5/2 with a length scale for each
 * coordinate (ARD), noise on the diagonal; {@link Likelihood} finds its parameters. Cubic in the number of points.
 *
 * <p>[1] Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006.
 */
final class GaussianProcess {

    /** Of the variance, on the diagonal of what is drawn jointly. */
    private static final double JITTER = 1e-6;

    private final double[][] places;
    private final Parameters parameters;
    private final Cholesky factor;
    private final double[] weights;

    /**
     * @param lengthScales by coordinate
     * @param variance     of the function
     * @param noise        variance of a target about the function
     * @param mean         of the function
     */
    record Parameters(double[] lengthScales, double variance, double noise, double mean) {
    }

    /**
     * @param places  one row per point
     * @param targets by point
     */
    GaussianProcess(double[][] places, double[] targets, Parameters parameters) {
        this.places = places;
        this.parameters = parameters;
        factor = Cholesky.of(covariances(places, parameters));
        weights = factor.solve(residuals(targets, parameters));
    }

    /** What the mean does not explain. */
    static double[] residuals(double[] targets, Parameters parameters) {
        return Arrays.stream(targets).map(target -> target - parameters.mean).toArray();
    }

    Parameters parameters() {
        return parameters;
    }

    /**
     * Draws the function at some places, several times, each time at all of them jointly.
     *
     * @return by draw, a number for each place
     */
    double[][] draw(double[][] at, int draws, RandomGenerator random) {
        var means = new double[at.length];
        var reductions = new double[at.length][];
        for (int i = 0; i < at.length; i++) {
            var covariances = new double[places.length];
            means[i] = parameters.mean;
            for (int j = 0; j < places.length; j++) {
                covariances[j] = kernel(at[i], places[j], parameters);
                means[i] += covariances[j] * weights[j];
            }
            reductions[i] = factor.solveLower(covariances);
        }
        var covariances = new double[at.length][at.length];
        for (int i = 0; i < at.length; i++) {
            for (int j = 0; j <= i; j++) {
                covariances[i][j] = kernel(at[i], at[j], parameters) - dot(reductions[i], reductions[j]);
            }
            covariances[i][i] += JITTER * parameters.variance;
        }
        var spread = Cholesky.of(covariances);
        var drawn = new double[draws][];
        for (int draw = 0; draw < draws; draw++) {
            var normal = new double[at.length];
            for (int i = 0; i < normal.length; i++) {
                normal[i] = Gaussian.next(random);
            }
            drawn[draw] = spread.times(normal);
            for (int i = 0; i < normal.length; i++) {
                drawn[draw][i] += means[i];
            }
        }
        return drawn;
    }

    /** The lower triangle of the covariances of targets. */
    static double[][] covariances(double[][] places, Parameters parameters) {
        var covariances = new double[places.length][places.length];
        for (int i = 0; i < places.length; i++) {
            for (int j = 0; j < i; j++) {
                covariances[i][j] = kernel(places[i], places[j], parameters);
            }
            covariances[i][i] = parameters.variance + parameters.noise;
        }
        return covariances;
    }

    private static double kernel(double[] a, double[] b, Parameters parameters) {
        double squares = 0;
        for (int k = 0; k < a.length; k++) {
            double gap = (a[k] - b[k]) / parameters.lengthScales[k];
            squares += gap * gap;
        }
        return parameters.variance * matern(squares);
    }

    /** (1 + √5 r + 5 r² / 3) exp(−√5 r): equation 4.17. */
    static double matern(double squaredDistance) {
        double scaled = Math.sqrt(5 * squaredDistance);
        return (1 + scaled + scaled * scaled / 3) * StrictMath.exp(-scaled);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
