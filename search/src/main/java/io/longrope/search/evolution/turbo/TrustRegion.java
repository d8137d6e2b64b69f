package io.longrope.search.evolution.turbo;

import io.longrope.search.evolution.Sums;

/**
 * How far from the best point to look: a box whose sides double after some batches in a row that brought a gain and halve after more that
 * brought none [1, section 2]. A side is longer where the model has a longer length scale, at an equal volume.
 *
 * <p>[1] Eriksson, Pearce, Gardner, Turner and Poloczek, Scalable Global Optimization via Local Bayesian Optimization, NeurIPS 2019, arXiv
 * 1910.01739; the numbers are those of its supplement on TuRBO's details.
 */
final class TrustRegion {

    static final double FIRST_LENGTH = 0.8;
    static final double LONGEST = 1.6;
    /** 2^−7: below it the region is given up. */
    static final double SHORTEST = 0.0078125;
    /** τ_succ */
    static final int SUCCESSES = 3;
    /** Of the loss, for a batch to count as a success. */
    private static final double LEAST_GAIN = 1e-3;

    private final int failures;
    private double length = FIRST_LENGTH;
    private int successesInARow;
    private int failuresInARow;

    /** @param failures τ_fail: in the paper ⌈dimensions / batch⌉ */
    TrustRegion(int failures) {
        this.failures = failures;
    }

    static TrustRegion of(int dimensions, int batch) {
        return new TrustRegion(Math.max(1, (dimensions + batch - 1) / batch));
    }

    double length() {
        return length;
    }

    boolean isGivenUp() {
        return length < SHORTEST;
    }

    /**
     * @param before the lowest loss before a batch
     * @param after  the lowest loss with it
     */
    void judge(double before, double after) {
        boolean success = after < before - LEAST_GAIN * Math.abs(before);
        successesInARow = success ? successesInARow + 1 : 0;
        failuresInARow = success ? 0 : failuresInARow + 1;
        if (successesInARow == SUCCESSES) {
            length = Math.min(LONGEST, 2 * length);
            successesInARow = 0;
        } else if (failuresInARow == failures) {
            length /= 2;
            failuresInARow = 0;
        }
    }

    /**
     * The sides of the box, L_i = λ_i L / (Π λ_j)^(1/d).
     *
     * @param lengthScales λ by coordinate
     */
    double[] sides(double[] lengthScales) {
        double mean = StrictMath.exp(Sums.of(lengthScales, StrictMath::log) / lengthScales.length);
        var sides = new double[lengthScales.length];
        for (int i = 0; i < sides.length; i++) {
            sides[i] = length * lengthScales[i] / mean;
        }
        return sides;
    }
}
