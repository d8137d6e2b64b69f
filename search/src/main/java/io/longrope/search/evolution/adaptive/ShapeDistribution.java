package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Sums;
import io.longrope.search.evolution.internal.Cholesky;
import io.longrope.search.evolution.internal.Gaussian;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A normal distribution over log coordinates that learns from the elite, after the covariance matrix adaptation evolution
 * strategy [1]: the mean follows the weighted elite, the covariance the directions that led there, the step size the
 * success. Where CMA-ES starts from a sphere, this starts from smooth curves (neighbouring pairs move together), so that
 * the first samples vary a few broad shapes and single pairs only once the elite asks for it.
 *
 * <p>[1] Hansen, The CMA Evolution Strategy: A Tutorial, arXiv 1604.00772.
 */
final class ShapeDistribution {

    private static final double GROWTH = 1.15;
    private static final double DECAY = 0.9;

    private final double[][] covariance;
    private final double smallestStep;
    private final double largestStep;
    private double[] mean;
    private double step;
    private Cholesky factor;

    /**
     * @param covariance at step size 1; taken over
     * @param step       first step size
     */
    ShapeDistribution(double[][] covariance, double step) {
        this.covariance = covariance;
        this.step = step;
        smallestStep = step / 50;
        largestStep = step * 2;
        factor = Cholesky.of(covariance);
    }

    /** With a step size that itself varies from sample to sample, so that near and far places are tried. */
    double[] sample(RandomGenerator random) {
        double scale = StrictMath.exp(0.5 * Gaussian.next(random));
        var z = new double[mean.length];
        for (int i = 0; i < z.length; i++) {
            z[i] = Gaussian.next(random);
        }
        var sampled = factor.times(z);
        for (int i = 0; i < sampled.length; i++) {
            sampled[i] = mean[i] + scale * step * sampled[i];
        }
        return sampled;
    }

    /**
     * @param elite    best first
     * @param improved whether the last generation brought a new best
     */
    void learn(List<double[]> elite, boolean improved) {
        var weights = weights(elite.size());
        if (mean != null) {
            step = Math.max(smallestStep, Math.min(largestStep, step * (improved ? GROWTH : DECAY)));
            adaptCovariance(elite, weights);
        }
        mean = weightedMean(elite, weights);
    }

    private void adaptCovariance(List<double[]> elite, double[] weights) {
        int n = mean.length;
        double effective = 1 / Sums.of(weights, weight -> weight * weight);
        double rate = Math.min(0.5, effective / (n + effective) * 0.5);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double spread = 0;
                for (int k = 0; k < weights.length; k++) {
                    spread += weights[k] * (elite.get(k)[i] - mean[i]) * (elite.get(k)[j] - mean[j]);
                }
                covariance[i][j] = (1 - rate) * covariance[i][j] + rate * spread / (step * step);
                covariance[j][i] = covariance[i][j];
            }
        }
        factor = Cholesky.of(covariance);
    }

    /** Falling with the logarithm of the rank, sum 1. */
    private static double[] weights(int count) {
        var weights = new double[count];
        double sum = 0;
        for (int k = 0; k < count; k++) {
            weights[k] = StrictMath.log(count + 1) - StrictMath.log(k + 1);
            sum += weights[k];
        }
        for (int k = 0; k < count; k++) {
            weights[k] /= sum;
        }
        return weights;
    }

    private static double[] weightedMean(List<double[]> elite, double[] weights) {
        var mean = new double[elite.get(0).length];
        for (int k = 0; k < weights.length; k++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += weights[k] * elite.get(k)[i];
            }
        }
        return mean;
    }
}
