package io.longrope.search.evolution.gradient;

import java.util.Arrays;

/**
 * Steps against a gradient of which only the signs count, each coordinate with a length of its own: it grows while the sign stays and
 * halves when it turns, and where it turned the coordinate rests once. So no rate is to be chosen, and a slope that is a thousand
 * times another's gets no longer a step. iRprop− of Igel and Hüsken, Empirical evaluation of the improved Rprop learning algorithms,
 * Neurocomputing 50, 2003, with its growth 1.2 and 0.5; the lengths are in steps of
 * {@link io.longrope.search.evolution.internal.LogCoordinates}.
 */
final class ResilientSteps {

    static final double FIRST = 1;
    static final double LONGEST = 8;
    static final double SHORTEST = 0.02;
    private static final double GROWTH = 1.2;
    private static final double SHRINKAGE = 0.5;

    private final double[] lengths;
    private double[] before;

    ResilientSteps(int dimensions) {
        lengths = new double[dimensions];
        Arrays.fill(lengths, FIRST);
        before = new double[dimensions];
    }

    double length(int coordinate) {
        return lengths[coordinate];
    }

    /** @param slopes where the last step led */
    double[] next(double[] slopes) {
        var kept = slopes.clone();
        for (int i = 0; i < lengths.length; i++) {
            double agreement = slopes[i] * before[i];
            if (agreement > 0) {
                lengths[i] = Math.min(LONGEST, GROWTH * lengths[i]);
            } else if (agreement < 0) {
                lengths[i] = Math.max(SHORTEST, SHRINKAGE * lengths[i]);
                kept[i] = 0;
            }
        }
        before = kept;
        return repeated();
    }

    /** Where the last one led nobody can go on. */
    void shorten() {
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.max(SHORTEST, SHRINKAGE * lengths[i]);
        }
    }

    /** By the slopes told last. */
    double[] repeated() {
        var step = new double[lengths.length];
        for (int i = 0; i < step.length; i++) {
            step[i] = before[i] == 0 ? 0 : -Math.signum(before[i]) * lengths[i];
        }
        return step;
    }
}
