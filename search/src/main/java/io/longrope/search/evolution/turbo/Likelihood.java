package io.longrope.search.evolution.turbo;

import io.longrope.search.evolution.internal.Cholesky;
import io.longrope.search.evolution.turbo.GaussianProcess.Parameters;

import java.util.Arrays;

/**
 * The log marginal likelihood of a {@link GaussianProcess} [1, equation 2.30] and its derivatives by the logarithms of the parameters
 * [1, equation 5.9], climbed by Adam within fixed ranges: steps, rate, first values and ranges are those of the authors' release of
 * TuRBO. Length scales are of coordinates of which the whole domain is about 1.
 *
 * <p>[1] Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006.
 */
final class Likelihood {

    private static final int STEPS = 50;
    private static final double RATE = 0.1;
    private static final double DECAY = 0.9;
    private static final double DECAY_OF_SQUARES = 0.999;
    private static final double FIRST_SCALE = 0.5;
    private static final double SHORTEST_SCALE = 0.005;
    private static final double LONGEST_SCALE = 2;
    private static final double FIRST_VARIANCE = 1;
    private static final double LEAST_VARIANCE = 0.05;
    private static final double MOST_VARIANCE = 20;
    private static final double FIRST_NOISE = 0.005;
    private static final double LEAST_NOISE = 5e-4;
    private static final double MOST_NOISE = 0.2;

    private final double[][] places;
    private final double[] targets;
    private final int dimensions;

    /**
     * @param places  one row per point
     * @param targets by point, about 0 and of a deviation about 1
     */
    Likelihood(double[][] places, double[] targets) {
        this.places = places;
        this.targets = targets;
        dimensions = places[0].length;
    }

    /** The parameters after all steps of Adam. */
    Parameters climb() {
        var logs = new double[dimensions + 3];
        Arrays.fill(logs, 0, dimensions, StrictMath.log(FIRST_SCALE));
        logs[dimensions] = StrictMath.log(FIRST_VARIANCE);
        logs[dimensions + 1] = StrictMath.log(FIRST_NOISE);
        var means = new double[logs.length];
        var squares = new double[logs.length];
        for (int step = 1; step <= STEPS; step++) {
            var slopes = slopes(parameters(logs));
            double meanWeight = 1 - StrictMath.pow(DECAY, step);
            double squareWeight = 1 - StrictMath.pow(DECAY_OF_SQUARES, step);
            for (int i = 0; i < logs.length; i++) {
                means[i] = DECAY * means[i] + (1 - DECAY) * slopes[i];
                squares[i] = DECAY_OF_SQUARES * squares[i] + (1 - DECAY_OF_SQUARES) * slopes[i] * slopes[i];
                logs[i] += RATE * means[i] / meanWeight / (Math.sqrt(squares[i] / squareWeight) + 1e-8);
            }
            keepInRange(logs);
        }
        return parameters(logs);
    }

    private void keepInRange(double[] logs) {
        for (int i = 0; i < dimensions; i++) {
            logs[i] = within(logs[i], SHORTEST_SCALE, LONGEST_SCALE);
        }
        logs[dimensions] = within(logs[dimensions], LEAST_VARIANCE, MOST_VARIANCE);
        logs[dimensions + 1] = within(logs[dimensions + 1], LEAST_NOISE, MOST_NOISE);
    }

    private static double within(double log, double least, double most) {
        return Math.max(StrictMath.log(least), Math.min(StrictMath.log(most), log));
    }

    /** @param logs of the length scales, the variance and the noise, then the mean itself */
    private Parameters parameters(double[] logs) {
        return new Parameters(Arrays.stream(logs, 0, dimensions).map(StrictMath::exp).toArray(), StrictMath.exp(logs[dimensions]),
                StrictMath.exp(logs[dimensions + 1]), logs[dimensions + 2]);
    }

    /** Up to a constant. */
    double of(Parameters parameters) {
        var factor = Cholesky.of(GaussianProcess.covariances(places, parameters));
        var residuals = GaussianProcess.residuals(targets, parameters);
        var weights = factor.solve(residuals);
        double fit = 0;
        for (int i = 0; i < residuals.length; i++) {
            fit += residuals[i] * weights[i];
        }
        return -0.5 * fit - 0.5 * factor.logDeterminant();
    }

    /** Derivatives by ln of each length scale, of the variance and of the noise, and by the mean. */
    double[] slopes(Parameters parameters) {
        int n = targets.length;
        var factor = Cholesky.of(GaussianProcess.covariances(places, parameters));
        var weights = factor.solve(GaussianProcess.residuals(targets, parameters));
        var slopes = new double[dimensions + 3];
        var inverseScales = Arrays.stream(parameters.lengthScales()).map(scale -> 1 / scale).toArray();
        var squares = new double[dimensions];
        var unit = new double[n];
        for (int i = 0; i < n; i++) {
            unit[i] = 1;
            var inverse = factor.solve(unit);
            unit[i] = 0;
            double own = weights[i] * weights[i] - inverse[i];
            slopes[dimensions] += 0.5 * own * parameters.variance();
            slopes[dimensions + 1] += 0.5 * own * parameters.noise();
            slopes[dimensions + 2] += weights[i];
            for (int j = 0; j < i; j++) {
                double squaredDistance = 0;
                for (int k = 0; k < dimensions; k++) {
                    double gap = (places[i][k] - places[j][k]) * inverseScales[k];
                    squares[k] = gap * gap;
                    squaredDistance += squares[k];
                }
                double share = (weights[i] * weights[j] - inverse[j]) * parameters.variance();
                slopes[dimensions] += share * GaussianProcess.matern(squaredDistance);
                double scaled = Math.sqrt(5 * squaredDistance);
                double steepness = share * 5 / 3 * (1 + scaled) * StrictMath.exp(-scaled);
                for (int k = 0; k < dimensions; k++) {
                    slopes[k] += steepness * squares[k];
                }
            }
        }
        return slopes;
    }
}
