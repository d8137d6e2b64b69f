package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Sums;
import io.longrope.search.evolution.internal.Cholesky;

import java.util.Arrays;

/**
 * A guess of the loss between the points scored: Gaussian process regression with an {@link AdditiveKernel}. Each feature has a
 * length scale, fitted by maximum likelihood with a weak pull towards 1 so that few points cannot fool it. Cubic in the number of
 * points.
 *
 * <p>Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1 and equation 5.8.
 */
final class LossModel {

    private static final double[] STEPS = {StrictMath.log(2), StrictMath.log(1.4)};
    private static final int ROUNDS = 4;
    private static final double PULL = 0.5;
    private static final double FIRST_NOISE = 1e-2;
    private static final double SMALLEST_NOISE = 1e-4;

    private final double[][] features;
    private final double[] targets;
    private final double offset;
    private final double scale;
    private final AdditiveKernel kernel;
    private double logNoise = StrictMath.log(FIRST_NOISE);
    private Cholesky factor;
    private double[] weights;

    private LossModel(double[][] features, double[] losses) {
        this.features = features;
        offset = Sums.of(losses) / losses.length;
        double variance = Sums.of(losses, loss -> square(loss - offset)) / losses.length;
        scale = variance > 0 ? Math.sqrt(variance) : 1;
        targets = Arrays.stream(losses).map(loss -> (loss - offset) / scale).toArray();
        kernel = new AdditiveKernel(features[0].length);
    }

    /**
     * @param features one row per scored point, each feature scaled so that differences of about 1 matter
     * @param losses   finite
     */
    static LossModel fit(double[][] features, double[] losses) {
        var model = new LossModel(features, losses);
        model.maximizeLikelihood();
        return model;
    }

    /** What is expected at a place, and how unsure that is (one standard deviation). */
    record Guess(double loss, double deviation) {
    }

    Guess guess(double[] place) {
        var covariances = covariances(place);
        var reduction = factor.solveLower(covariances);
        return guess(dot(covariances, weights), 1 - dot(reduction, reduction));
    }

    /** What is expected at a place, by itself cheaper than with how unsure that is. */
    double loss(double[] place) {
        return offset + scale * dot(covariances(place), weights);
    }

    Guesses guesses(double[][] places) {
        return new Guesses(places);
    }

    /**
     * What one feature alone does to the loss.
     *
     * @param spread standard deviation of the expected loss over the values it was given
     * @param error  how far off the curve of the loss over those values is expected to be, as the root of the mean square, the curve's
     *               height left aside; so the true spread differs from the other by about as much at most
     */
    record Effect(double spread, double error) {
    }

    /**
     * @param base   what all other features are
     * @param values what the feature is given, one after the other
     */
    Effect effect(int feature, double[] base, double[] values) {
        var squares = new double[features.length];
        var sums = new double[features.length];
        for (int row = 0; row < features.length; row++) {
            for (int k = 0; k < base.length; k++) {
                if (k != feature) {
                    double square = kernel.square(k, features[row][k] - base[k]);
                    squares[row] += square;
                    sums[row] += AdditiveKernel.alone(square);
                }
            }
        }
        var means = new double[values.length];
        var reductions = new double[features.length];
        double ownVariances = 0;
        double allVariances = 0;
        for (int j = 0; j < values.length; j++) {
            var covariances = new double[features.length];
            for (int row = 0; row < features.length; row++) {
                double square = kernel.square(feature, features[row][feature] - values[j]);
                covariances[row] = kernel.of(squares[row] + square, sums[row] + AdditiveKernel.alone(square));
            }
            means[j] = dot(covariances, weights);
            var reduction = factor.solveLower(covariances);
            ownVariances += 1 - dot(reduction, reduction);
            for (int row = 0; row < reduction.length; row++) {
                reductions[row] += reduction[row];
            }
            for (double value : values) {
                double square = kernel.square(feature, value - values[j]);
                allVariances += kernel.of(square, base.length - 1 + AdditiveKernel.alone(square));
            }
        }
        allVariances -= dot(reductions, reductions);
        double mean = Sums.of(means) / means.length;
        double spread = Math.sqrt(Sums.of(means, one -> square(one - mean)) / means.length);
        double error = Math.sqrt(Math.max(0, ownVariances - allVariances / values.length) / values.length);
        return new Effect(scale * spread, scale * error);
    }

    private Guess guess(double mean, double variance) {
        return new Guess(offset + scale * mean, scale * Math.sqrt(Math.max(variance, 1e-12)));
    }

    /** Guesses for many places, which grow surer together as some of them are believed. */
    final class Guesses {

        private final double[][] places;
        private final double[] means;
        private final double[] variances;
        /** By place, a number for each point scored and then for each place believed: what they take off the variance, as roots. */
        private final double[][] reductions;

        private Guesses(double[][] places) {
            this.places = places;
            means = new double[places.length];
            variances = new double[places.length];
            reductions = new double[places.length][];
            for (int i = 0; i < places.length; i++) {
                var covariances = covariances(places[i]);
                means[i] = dot(covariances, weights);
                reductions[i] = factor.solveLower(covariances);
                variances[i] = 1 - dot(reductions[i], reductions[i]);
            }
        }

        Guess get(int place) {
            return guess(means[place], variances[place]);
        }

        /** As if a loss equal to its guess had been seen there: that moves no guess and makes those nearby surer. */
        void believe(int believed) {
            var row = reductions[believed];
            double pivot = Math.sqrt(Math.max(variances[believed], 0) + noise());
            for (int i = 0; i < places.length; i++) {
                double reduction = (kernel.of(places[believed], places[i]) - dot(row, reductions[i])) / pivot;
                variances[i] -= reduction * reduction;
                reductions[i] = Arrays.copyOf(reductions[i], row.length + 1);
                reductions[i][row.length] = reduction;
            }
        }
    }

    /** Coordinate search: each parameter up or down, by falling steps. */
    private void maximizeLikelihood() {
        var kernels = new PairKernels(features, kernel);
        double best = factorize(kernels);
        for (double step : STEPS) {
            boolean moved = true;
            for (int round = 0; moved && round < ROUNDS; round++) {
                moved = false;
                for (int i = 0; i <= kernel.features(); i++) {
                    double before = parameter(i);
                    for (double sign : new double[] {1, -1}) {
                        set(i, before + sign * step, kernels);
                        double likelihood = factorize(kernels);
                        if (likelihood > best + 1e-9) {
                            best = likelihood;
                            moved = true;
                            break;
                        }
                        set(i, before, kernels);
                    }
                }
            }
        }
        factorize(kernels);
    }

    /** The length scales, then the noise. */
    private double parameter(int i) {
        return i < kernel.features() ? kernel.logScale(i) : logNoise;
    }

    private void set(int i, double value, PairKernels kernels) {
        if (i == kernel.features()) {
            logNoise = value;
        } else {
            kernel.rescale(i, value);
            kernels.rescale(i);
        }
    }

    /** Prepares guesses for the present parameters; returns their penalised log likelihood, up to a constant. */
    private double factorize(PairKernels kernels) {
        factor = Cholesky.of(kernels.matrix(1 + noise()));
        weights = factor.solve(targets);
        return -0.5 * dot(targets, weights) - 0.5 * factor.logDeterminant() - PULL * kernel.squaredLogScales();
    }

    private double[] covariances(double[] place) {
        return Arrays.stream(features).mapToDouble(row -> kernel.of(row, place)).toArray();
    }

    private double noise() {
        return Math.max(SMALLEST_NOISE, StrictMath.exp(logNoise));
    }

    private static double square(double value) {
        return value * value;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
