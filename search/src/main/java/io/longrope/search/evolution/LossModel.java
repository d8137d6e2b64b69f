package io.longrope.search.evolution;

import java.util.Arrays;

/**
 * A guess of the loss between the points scored: Gaussian process regression [1] with a squared exponential kernel, one
 * length scale per feature, fitted by maximum likelihood with a weak pull towards 1 so that few points cannot fool it.
 * Cubic in the number of points.
 *
 * <p>[1] Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1 and equation 5.8.
 */
final class LossModel {

    private static final double[] STEPS = {Math.log(2), Math.log(1.4)};
    private static final double PULL = 0.5;
    private static final double SMALLEST_NOISE = 1e-4;

    private final double[][] features;
    private final double[] targets;
    private final double offset;
    private final double scale;
    /** ln of each length scale, then ln of the noise variance. */
    private final double[] logParameters;
    /** 1 / length scale², one per feature. */
    private final double[] precisions;
    private Cholesky factor;
    private double[] weights;

    private LossModel(double[][] features, double[] losses) {
        this.features = features;
        offset = Arrays.stream(losses).average().orElseThrow();
        double variance = Arrays.stream(losses).map(loss -> (loss - offset) * (loss - offset)).average().orElseThrow();
        scale = variance > 0 ? Math.sqrt(variance) : 1;
        targets = Arrays.stream(losses).map(loss -> (loss - offset) / scale).toArray();
        logParameters = new double[features[0].length + 1];
        logParameters[logParameters.length - 1] = Math.log(1e-2);
        precisions = new double[features[0].length];
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
        double mean = dot(covariances, weights);
        var reduction = factor.solveLower(covariances);
        return new Guess(offset + scale * mean, scale * Math.sqrt(Math.max(1 - dot(reduction, reduction), 1e-12)));
    }

    /** This model after a loss equal to its own guess was seen at a place: surer there, otherwise unchanged. */
    LossModel believing(double[] place) {
        return new LossModel(this, place);
    }

    private LossModel(LossModel before, double[] place) {
        offset = before.offset;
        scale = before.scale;
        logParameters = before.logParameters;
        precisions = before.precisions;
        int n = before.features.length;
        features = Arrays.copyOf(before.features, n + 1);
        features[n] = place;
        targets = Arrays.copyOf(before.targets, n + 1);
        targets[n] = (before.guess(place).loss() - offset) / scale;
        factor = before.factor.extended(before.covariances(place), 1 + noise());
        weights = factor.solve(targets);
    }

    /** Coordinate search: each parameter up or down, by halving steps. */
    private void maximizeLikelihood() {
        double best = factorize();
        for (double step : STEPS) {
            boolean moved = true;
            for (int round = 0; moved && round < 4; round++) {
                moved = false;
                for (int i = 0; i < logParameters.length; i++) {
                    double before = logParameters[i];
                    for (double sign : new double[] {1, -1}) {
                        logParameters[i] = before + sign * step;
                        double likelihood = factorize();
                        if (likelihood > best + 1e-9) {
                            best = likelihood;
                            moved = true;
                            break;
                        }
                        logParameters[i] = before;
                    }
                }
            }
        }
        factorize();
    }

    /** Prepares guesses for the present parameters; returns their penalised log likelihood, up to a constant. */
    private double factorize() {
        for (int k = 0; k < precisions.length; k++) {
            precisions[k] = Math.exp(-2 * logParameters[k]);
        }
        int n = features.length;
        var matrix = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                matrix[i][j] = kernel(features[i], features[j]);
            }
            matrix[i][i] = 1 + noise();
        }
        factor = Cholesky.of(matrix);
        weights = factor.solve(targets);
        double pull = 0;
        for (int i = 0; i < logParameters.length - 1; i++) {
            pull += logParameters[i] * logParameters[i];
        }
        return -0.5 * dot(targets, weights) - 0.5 * factor.logDeterminant() - PULL * pull;
    }

    private double noise() {
        return Math.max(SMALLEST_NOISE, Math.exp(logParameters[logParameters.length - 1]));
    }

    private double[] covariances(double[] place) {
        return Arrays.stream(features).mapToDouble(row -> kernel(row, place)).toArray();
    }

    private double kernel(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            double difference = a[k] - b[k];
            sum += difference * difference * precisions[k];
        }
        return Math.exp(-0.5 * sum);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
