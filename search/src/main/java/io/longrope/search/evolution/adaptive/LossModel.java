package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Sums;
import io.longrope.search.evolution.internal.Cholesky;

import java.util.Arrays;

/**
 * A guess of the loss between the points scored: Gaussian process regression [1]. Half of the kernel is a sum over single
 * features, since around a good table the loss is nearly a sum over pairs and is learned from far fewer points that way
 * [2]: Matérn kernels of smoothness 3/2, for valleys with sharp floors. The other half is joint, a squared exponential, for
 * what whole curves have in common. Each feature has a length scale, fitted by maximum likelihood with a weak pull towards
 * 1 so that few points cannot fool it. Cubic in the number of points.
 *
 * <p>[1] Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1, equations 4.9, 4.17 and 5.8.
 * [2] Duvenaud, Nickisch and Rasmussen, Additive Gaussian Processes, arXiv 1112.4394.
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
    /** ln of each length scale. */
    private final double[] logScales;
    /** 1 / length scale². */
    private final double[] precisions;
    private double logNoise = StrictMath.log(FIRST_NOISE);
    private Cholesky factor;
    private double[] weights;

    private LossModel(double[][] features, double[] losses) {
        this.features = features;
        offset = Sums.of(losses) / losses.length;
        double variance = Sums.of(losses, loss -> square(loss - offset)) / losses.length;
        scale = variance > 0 ? Math.sqrt(variance) : 1;
        targets = Arrays.stream(losses).map(loss -> (loss - offset) / scale).toArray();
        logScales = new double[features[0].length];
        precisions = new double[logScales.length];
        Arrays.fill(precisions, 1);
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
                    double square = square(features[row][k] - base[k]) * precisions[k];
                    squares[row] += square;
                    sums[row] += alone(square);
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
                double square = square(features[row][feature] - values[j]) * precisions[feature];
                covariances[row] = kernel(squares[row] + square, sums[row] + alone(square));
            }
            means[j] = dot(covariances, weights);
            var reduction = factor.solveLower(covariances);
            ownVariances += 1 - dot(reduction, reduction);
            for (int row = 0; row < reduction.length; row++) {
                reductions[row] += reduction[row];
            }
            for (double value : values) {
                double square = square(value - values[j]) * precisions[feature];
                allVariances += kernel(square, base.length - 1 + alone(square));
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
                double reduction = (kernel(places[believed], places[i]) - dot(row, reductions[i])) / pivot;
                variances[i] -= reduction * reduction;
                reductions[i] = Arrays.copyOf(reductions[i], row.length + 1);
                reductions[i][row.length] = reduction;
            }
        }
    }

    /** Coordinate search: each parameter up or down, by falling steps. */
    private void maximizeLikelihood() {
        var kernels = new Kernels();
        double best = factorize(kernels);
        for (double step : STEPS) {
            boolean moved = true;
            for (int round = 0; moved && round < ROUNDS; round++) {
                moved = false;
                for (int i = 0; i <= logScales.length; i++) {
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
        return i < logScales.length ? logScales[i] : logNoise;
    }

    private void set(int i, double value, Kernels kernels) {
        if (i == logScales.length) {
            logNoise = value;
        } else {
            logScales[i] = value;
            precisions[i] = StrictMath.exp(-2 * value);
            kernels.rescale(i);
        }
    }

    /** Prepares guesses for the present parameters; returns their penalised log likelihood, up to a constant. */
    private double factorize(Kernels kernels) {
        factor = Cholesky.of(kernels.matrix(1 + noise()));
        weights = factor.solve(targets);
        return -0.5 * dot(targets, weights) - 0.5 * factor.logDeterminant() - PULL * dot(logScales, logScales);
    }

    /**
     * The kernel of every two points, kept so that another length scale of one feature costs little: most of the time of a fit goes into
     * exponentials. Two points i > j have one place, that of row i and column j in a lower triangle.
     */
    private final class Kernels {

        private final int places = features.length * (features.length - 1) / 2;
        private final double[] squares = new double[places];
        private final double[] sums = new double[places];
        /** By feature, at the length scale it was last given and at the one before that. */
        private final Share[] shares = new Share[logScales.length];
        private final Share[] before = new Share[logScales.length];
        private final double[][] matrix = new double[features.length][features.length];
        private boolean stale = true;

        /** Of one feature: squared distances in length scales, and the kernels of it alone. */
        private record Share(double precision, double[] squares, double[] alone) {
        }

        Kernels() {
            for (int k = 0; k < logScales.length; k++) {
                shares[k] = share(k);
                add(shares[k], 1);
            }
        }

        /** Takes the share of a feature away and adds it at its present length scale. */
        void rescale(int k) {
            var last = shares[k];
            add(last, -1);
            shares[k] = before[k] != null && before[k].precision == precisions[k] ? before[k] : share(k);
            before[k] = last;
            add(shares[k], 1);
            stale = true;
        }

        /** @param diagonal what every point has with itself */
        double[][] matrix(double diagonal) {
            for (int i = 0, place = 0; i < matrix.length; i++) {
                for (int j = 0; stale && j < i; j++, place++) {
                    matrix[i][j] = kernel(Math.max(0, squares[place]), sums[place]);
                }
                matrix[i][i] = diagonal;
            }
            stale = false;
            return matrix;
        }

        private Share share(int k) {
            var share = new Share(precisions[k], new double[places], new double[places]);
            for (int i = 0, place = 0; i < features.length; i++) {
                for (int j = 0; j < i; j++, place++) {
                    share.squares[place] = square(features[i][k] - features[j][k]) * precisions[k];
                    share.alone[place] = alone(share.squares[place]);
                }
            }
            return share;
        }

        private void add(Share share, int sign) {
            for (int place = 0; place < places; place++) {
                squares[place] += sign * share.squares[place];
                sums[place] += sign * share.alone[place];
            }
        }
    }

    private double[] covariances(double[] place) {
        return Arrays.stream(features).mapToDouble(row -> kernel(row, place)).toArray();
    }

    private double kernel(double[] a, double[] b) {
        double squares = 0;
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            double square = square(a[k] - b[k]) * precisions[k];
            squares += square;
            sum += alone(square);
        }
        return kernel(squares, sum);
    }

    /**
     * @param squares squared distance over all features, in length scales
     * @param sum     of the kernels of single features
     */
    private double kernel(double squares, double sum) {
        return 0.5 * StrictMath.exp(-0.5 * squares) + 0.5 * sum / logScales.length;
    }

    /** The kernel of one feature, whose length scale is twice that of the joint one. */
    private static double alone(double square) {
        double distance = Math.sqrt(3 * square) / 2;
        return (1 + distance) * StrictMath.exp(-distance);
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
