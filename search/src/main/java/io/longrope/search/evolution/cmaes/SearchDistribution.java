package io.longrope.search.evolution.cmaes;

import io.longrope.search.evolution.Sums;
import io.longrope.search.evolution.internal.Cholesky;
import io.longrope.search.evolution.internal.Gaussian;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The distribution N(m, σ² A C A) that CMA-ES draws from and adapts: numbers in parentheses are the equations of the tutorial [1], whose
 * defaults all constants are. A is diagonal and all ones but for the {@link Margin} [2]. In place of C^(−1/2) stands the inverse of the
 * triangular factor of C, as in [3]: it has the same norms, and the step size learns as well by it.
 *
 * <p>[1] Hansen, The CMA Evolution Strategy: A Tutorial, arXiv 1604.00772, figure 6 and table 1.
 * [2] Hamano, Saito, Nomura and Shirakawa, CMA-ES with Margin, arXiv 2205.13482.
 * [3] Krause, Arbonès and Igel, CMA-ES with Optimal Covariance Update and Storage Complexity, NeurIPS 2016, algorithm 2.
 */
final class SearchDistribution {

    private final int n;
    /** w_i, the best first: positive to the half, negative from there on. */
    private final double[] weights;
    private final int parents;
    private final double effective;
    private final double rateOfSteps;
    private final double dampingOfSteps;
    private final double rateOfPath;
    private final double rateOfOne;
    private final double rateOfMany;
    private final double expectedNorm;

    private final double[] mean;
    private final double[] stretch;
    private final double[][] covariance;
    private final double[] stepPath;
    private final double[] path;
    private double step;
    private Cholesky factor;
    private int generations;

    /**
     * @param mean       m, taken over
     * @param step       σ
     * @param population λ, how many are drawn before each {@link #learn}; at least 4
     */
    SearchDistribution(double[] mean, double step, int population) {
        n = mean.length;
        this.mean = mean;
        this.step = step;
        weights = new double[population];
        parents = population / 2;
        for (int i = 0; i < population; i++) {
            weights[i] = StrictMath.log((population + 1) / 2.0) - StrictMath.log(i + 1);                                        // (49)
        }
        effective = effective(0, parents);
        rateOfSteps = (effective + 2) / (n + effective + 5);                                                                    // (55)
        dampingOfSteps = 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + rateOfSteps;                           // (55)
        rateOfPath = (4 + effective / n) / (n + 4 + 2 * effective / n);                                                         // (56)
        rateOfOne = 2 / ((n + 1.3) * (n + 1.3) + effective);                                                                    // (57)
        rateOfMany = Math.min(1 - rateOfOne, 2 * (0.25 + effective + 1 / effective - 2) / ((n + 2.0) * (n + 2) + effective));   // (58)
        normalizeWeights(population);
        expectedNorm = Math.sqrt(n) * (1 - 1 / (4.0 * n) + 1 / (21.0 * n * n));
        stretch = new double[n];
        covariance = new double[n][n];
        for (int i = 0; i < n; i++) {
            stretch[i] = 1;
            covariance[i][i] = 1;
        }
        factor = Cholesky.of(covariance);
        stepPath = new double[n];
        path = new double[n];
    }

    /** The positive ones to a sum of 1, the negative ones so that C stays positive definite: (50) to (53). */
    private void normalizeWeights(int population) {
        double rejected = effective(parents, population);
        double most = Math.min(Math.min(1 + rateOfOne / rateOfMany, 1 + 2 * rejected / (effective + 2)),
                (1 - rateOfOne - rateOfMany) / (n * rateOfMany));
        double positive = Sums.of(weights, weight -> Math.max(0, weight));
        double negative = Sums.of(weights, weight -> Math.max(0, -weight));
        for (int i = 0; i < population; i++) {
            weights[i] *= weights[i] >= 0 ? 1 / positive : most / negative;
        }
    }

    private double effective(int from, int to) {
        double sum = 0;
        double squares = 0;
        for (int i = from; i < to; i++) {
            sum += weights[i];
            squares += weights[i] * weights[i];
        }
        return sum * sum / squares;
    }

    double[] mean() {
        return mean.clone();
    }

    double step() {
        return step;
    }

    /** The standard deviation of a coordinate. */
    double deviation(int coordinate) {
        return step * stretch[coordinate] * Math.sqrt(covariance[coordinate][coordinate]);
    }

    /** y, drawn from N(0, C): (38) and (39). */
    double[] draw(RandomGenerator random) {
        var z = new double[n];
        for (int i = 0; i < n; i++) {
            z[i] = Gaussian.next(random);
        }
        return factor.times(z);
    }

    /** x = m + σ A y: (40). */
    double[] place(double[] drawn) {
        var place = new double[n];
        for (int i = 0; i < n; i++) {
            place[i] = mean[i] + step * stretch[i] * drawn[i];
        }
        return place;
    }

    /** @param ranked y of all that were drawn since the last time, best first */
    void learn(List<double[]> ranked) {
        generations++;
        var towards = new double[n];
        for (int i = 0; i < parents; i++) {
            add(towards, weights[i], ranked.get(i));                                                                            // (41)
        }
        System.arraycopy(place(towards), 0, mean, 0, n);                                                                        // (42)
        scale(stepPath, 1 - rateOfSteps);
        add(stepPath, Math.sqrt(rateOfSteps * (2 - rateOfSteps) * effective), factor.solveLower(towards));                      // (43)
        double norm = Math.sqrt(Sums.of(stepPath, value -> value * value));
        double settled = norm / Math.sqrt(1 - StrictMath.pow(1 - rateOfSteps, 2 * (generations + 1)));
        boolean moderate = settled < (1.4 + 2 / (n + 1.0)) * expectedNorm;
        scale(path, 1 - rateOfPath);
        add(path, moderate ? Math.sqrt(rateOfPath * (2 - rateOfPath) * effective) : 0, towards);                                // (45)
        adaptCovariance(ranked, moderate ? 0 : rateOfPath * (2 - rateOfPath));
        step *= StrictMath.exp(rateOfSteps / dampingOfSteps * (norm / expectedNorm - 1));                                       // (44)
    }

    /** (46) and (47) */
    private void adaptCovariance(List<double[]> ranked, double lost) {
        double kept = 1 + rateOfOne * lost - rateOfOne - rateOfMany * Sums.of(weights);
        for (var row : covariance) {
            scale(row, kept);
        }
        addProduct(rateOfOne, path);
        for (int i = 0; i < ranked.size(); i++) {
            double weight = weights[i];
            if (weight < 0) {
                weight *= n / (Sums.of(factor.solveLower(ranked.get(i)), value -> value * value) + 1e-8);
            }
            addProduct(rateOfMany * weight, ranked.get(i));
        }
        factor = Cholesky.of(covariance);
    }

    private void addProduct(double weight, double[] vector) {
        for (int i = 0; i < n; i++) {
            add(covariance[i], weight * vector[i], vector);
        }
    }

    /** Moves m and widens A where a coordinate could hardly leave its cell any more. */
    void keep(Margin margin) {
        for (int i = 0; i < n; i++) {
            var kept = margin.of(i, mean[i], deviation(i));
            stretch[i] *= kept.deviation() / deviation(i);
            mean[i] = kept.mean();
        }
    }

    private static void add(double[] sum, double weight, double[] vector) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * vector[i];
        }
    }

    private static void scale(double[] vector, double by) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= by;
        }
    }
}
