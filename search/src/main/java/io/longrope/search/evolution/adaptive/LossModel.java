package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Sums;
import io.longrope.search.evolution.internal.Cholesky;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
    /** The features at the fitted length scales. */
    private FeatureColumn[] columns;
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

    /** What is expected at each of many places, by itself cheaper than with how unsure that is. */
    double[] losses(double[][] places) {
        var means = means(covariances(kernel.columns(places)));
        return Arrays.stream(means).map(mean -> offset + scale * mean).toArray();
    }

    Guesses guesses(double[][] places) {
        return new Guesses(kernel.columns(places));
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
        int rows = features.length;
        var squares = new double[rows];
        var sums = new double[rows];
        var bases = kernel.columns(new double[][] {base});
        for (int k = 0; k < base.length; k++) {
            if (k != feature) {
                columns[k].add(bases[k], 0, rows, squares, sums, 0);
            }
        }
        var given = FeatureColumn.of(Arrays.stream(values).map(value -> value * kernel.unit(feature)).toArray());
        var means = new double[values.length];
        var reductions = new double[rows];
        double ownVariances = 0;
        double allVariances = 0;
        for (int j = 0; j < values.length; j++) {
            var covariances = kernels(columns[feature], given, j, squares, sums);
            means[j] = dot(covariances, weights);
            var reduction = factor.solveLower(covariances);
            ownVariances += 1 - dot(reduction, reduction);
            for (int row = 0; row < rows; row++) {
                reductions[row] += reduction[row];
            }
            var others = new double[values.length];
            Arrays.fill(others, base.length - 1);
            allVariances += Sums.of(kernels(given, given, j, new double[values.length], others));
        }
        allVariances -= dot(reductions, reductions);
        double mean = Sums.of(means) / means.length;
        double spread = Math.sqrt(Sums.of(means, one -> square(one - mean)) / means.length);
        double error = Math.sqrt(Math.max(0, ownVariances - allVariances / values.length) / values.length);
        return new Effect(scale * spread, scale * error);
    }

    /** The kernel of a value of one feature with each of many, given what all other features come to. */
    private double[] kernels(FeatureColumn many, FeatureColumn value, int place, double[] squares, double[] sums) {
        var allSquares = squares.clone();
        var kernels = sums.clone();
        many.add(value, place, kernels.length, allSquares, kernels, 0);
        for (int i = 0; i < kernels.length; i++) {
            kernels[i] = kernel.of(allSquares[i], kernels[i]);
        }
        return kernels;
    }

    /** Guesses for many places, which grow surer together as some of them are believed. */
    final class Guesses {

        private final FeatureColumn[] places;
        private final double[] means;
        private final double[] variances;
        /** By point scored and then by place believed, for every place: what they take off its variance, as roots. */
        private final List<double[]> reductions;

        private Guesses(FeatureColumn[] places) {
            this.places = places;
            var covariances = covariances(places);
            means = means(covariances);
            variances = new double[means.length];
            Arrays.fill(variances, 1);
            reductions = new ArrayList<>(List.of(factor.solveLower(covariances)));
            reductions.forEach(this::reduce);
        }

        Guess get(int place) {
            return new Guess(offset + scale * means[place], scale * Math.sqrt(Math.max(variances[place], 1e-12)));
        }

        /** As if a loss equal to its guess had been seen there: that moves no guess and makes those nearby surer. */
        void believe(int believed) {
            double pivot = Math.sqrt(Math.max(variances[believed], 0) + noise());
            var known = new double[means.length];
            for (var reduction : reductions) {
                addScaled(known, reduction[believed], reduction);
            }
            var reduction = kernel.of(places, places, believed);
            for (int i = 0; i < reduction.length; i++) {
                reduction[i] = (reduction[i] - known[i]) / pivot;
            }
            reductions.add(reduction);
            reduce(reduction);
        }

        private void reduce(double[] reduction) {
            for (int i = 0; i < reduction.length; i++) {
                variances[i] -= reduction[i] * reduction[i];
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
        columns = kernel.columns(features);
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

    /** By point scored, the kernel of it with each of many places. */
    private double[][] covariances(FeatureColumn[] places) {
        return IntStream.range(0, features.length).mapToObj(row -> kernel.of(places, columns, row)).toArray(double[][]::new);
    }

    /** @param covariances by point scored and place */
    private double[] means(double[][] covariances) {
        var means = new double[covariances[0].length];
        for (int row = 0; row < weights.length; row++) {
            addScaled(means, weights[row], covariances[row]);
        }
        return means;
    }

    private double noise() {
        return Math.max(SMALLEST_NOISE, StrictMath.exp(logNoise));
    }

    private static double square(double value) {
        return value * value;
    }

    private static void addScaled(double[] sums, double factor, double[] values) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * values[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
