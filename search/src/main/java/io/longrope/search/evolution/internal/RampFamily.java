package io.longrope.search.evolution.internal;

import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Tables that keep the first pairs, stretch the last ones by a common factor, and rise between: the shape all known
 * methods share. λ_i is a power mean of 1 and the top, weighted by how far pair i is on its way: with exponent −1 the
 * harmonic mean, which is YaRN (arXiv 2309.00071, eq. 13 as factors); with 0 the geometric one, which is NTK; 1 is linear in λ. PI and
 * LongRoPE2's NTK below a critical pair are members too.
 *
 * @param from     pair where the rise begins; may lie before the first
 * @param to       pair where it ends; may lie beyond the last, as in NTK
 * @param top      ln λ reached there
 * @param exponent of the power mean
 */
public record RampFamily(double from, double to, double top, double exponent) {

    /** Binary logarithms of the turns a pair made in training, where a rise begins and ends; YaRN's defaults are 5 and 0. */
    private static final double BEGIN = 3.5;
    private static final double END = -0.5;
    private static final double SPREAD = 1.2;
    /** Pairs from the beginning of a rise to its end. */
    public static final double NARROWEST = 0.5;

    /**
     * A ramp drawn around YaRN with its ends moved, the family in which good tables have been found first: pairs that
     * turned some ten times in training keep their frequency, those that turned less than once are stretched in full.
     */
    public static RampFamily draw(SearchSpace space, RandomGenerator random) {
        double top = random.nextDouble() < 0.8
                ? StrictMath.log(space.extensionRatio()) + StrictMath.log(1.25) * random.nextDouble(-0.5, 1)
                : widest(space) * random.nextDouble();
        double from = drawPair(space, random, BEGIN, SPREAD);
        double to = Math.max(from + NARROWEST, drawPair(space, random, END, SPREAD));
        return new RampFamily(from, to, reachable(space, top), -1 + 0.7 * Gaussian.next(random));
    }

    /**
     * A (fractional) pair, as if its number of turns within L were drawn.
     *
     * @param turns  binary logarithm of the median
     * @param spread standard deviation of the logarithm
     */
    public static double drawPair(SearchSpace space, RandomGenerator random, double turns, double spread) {
        return pairTurning(space.geometry(), StrictMath.pow(2, turns + spread * Gaussian.next(random)));
    }

    /** ln λ, as far as the space allows. */
    public static double reachable(SearchSpace space, double top) {
        return Math.max(0, Math.min(widest(space), top));
    }

    private static double widest(SearchSpace space) {
        return Math.max(0, StrictMath.log(space.upper(space.groups().count() - 1)));
    }

    /** ln λ of every pair. */
    public double[] logs(int pairs) {
        var logs = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            double share = Math.min(1, Math.max(0, (i - from) / Math.max(to - from, 1e-6)));
            logs[i] = Math.abs(exponent) < 1e-6 ? top * share : StrictMath.log1p(share * StrictMath.expm1(exponent * top)) / exponent;
        }
        return logs;
    }

    /** The (fractional) pair that made so many turns within L; before the first or beyond the last where none did. */
    public static double pairTurning(RopeGeometry geometry, double turns) {
        return geometry.pairs() * StrictMath.log(geometry.originalLength() / (turns * 2 * Math.PI)) / StrictMath.log(geometry.theta());
    }
}
