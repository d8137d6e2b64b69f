package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.internal.Gaussian;
import io.longrope.search.evolution.internal.RampFamily;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Tables that rise to a shelf and jump from it to the top at a critical pair. A pair that made about half a turn or less
 * within L has never shown more than a part of the circle, so beyond L it must be stretched in full, by nearly s, or it
 * meets angles it was not trained on; the pairs before it have shown the whole circle and need far less (the critical
 * dimension of LongRoPE2, arXiv 2502.20082, §3.1). On small byte-level models (16, 24 and 32 pairs, θ 10,000 and 500,000, 4, 8
 * and 16 times the window) the best of some thousand tables scored in searches of several kinds had this shape each time: 0.85
 * to 0.98 s from the pair on that made no more than 0.6 turns; before it a shelf 2 to 2.9 times lower, so at 4 times the
 * window s^0.3 and at 16 times s^0.7. Where the rise to it begins is what models differ in: at 1.2 s turns in most, as in the
 * tables Microsoft searched for LLaMA2 at 32 and 64 times, but at half of s in one at 16 times.
 *
 * @param rise the pairs before the jump
 * @param jump pair where it is; those from there on are at the top
 * @param top  ln λ there
 */
record ShelfFamily(RampFamily rise, double jump, double top) {

    /** Binary logarithm of the turns within L at the jump. */
    private static final double CRITICAL = -0.66;
    private static final double SPREAD = 0.6;
    private static final double CENTRAL_SPREAD = 0.24;
    /** Binary logarithms of the turns over s, between which the rise of a central member begins. */
    private static final double LATEST_ONSET = -1.5;
    private static final double EARLIEST_ONSET = 0.8;
    /** Binary logarithm of the turns where it ends. */
    private static final double ARRIVAL = 0.4;
    private static final double ARRIVAL_SPREAD = 0.5;
    /** ln λ of the shelf as a share of the top's. */
    private static final double LOWEST = 0.1;
    private static final double HIGHEST = 0.8;

    /** A rise and a top as {@link RampFamily} draws them, cut at a jump near the critical pair. */
    static ShelfFamily draw(SearchSpace space, RandomGenerator random) {
        var ramp = RampFamily.draw(space, random);
        double jump = RampFamily.drawPair(space, random, CRITICAL, SPREAD);
        double shelf = ramp.top() * random.nextDouble(LOWEST, HIGHEST);
        return cut(new RampFamily(ramp.from(), ramp.to(), shelf, ramp.exponent()), jump, ramp.top());
    }

    /**
     * A member from the middle of the family: a table such as long searches end with.
     *
     * @param onset where its rise begins: 0 the latest pair, 1 the earliest; at 1/2 some 1.2 s turns, so that more begin there
     */
    static ShelfFamily drawCentral(SearchSpace space, double onset, RandomGenerator random) {
        double s = space.extensionRatio();
        double top = RampFamily.reachable(space, StrictMath.log(s * random.nextDouble(0.85, 0.98)));
        double lateness = (1 - onset) * (1 - onset);
        double turns = s * StrictMath.pow(2, EARLIEST_ONSET + lateness * (LATEST_ONSET - EARLIEST_ONSET));
        double from = RampFamily.pairTurning(space.geometry(), turns);
        double to = Math.max(from + RampFamily.NARROWEST, RampFamily.drawPair(space, random, ARRIVAL, ARRIVAL_SPREAD));
        double exponent = -0.75 + 0.6 * Gaussian.next(random);
        double jump = RampFamily.drawPair(space, random, CRITICAL, CENTRAL_SPREAD);
        double shelf = Math.max(LOWEST * top, top - StrictMath.log(random.nextDouble(2, 2.8)));
        return cut(new RampFamily(from, to, shelf, exponent), jump, top);
    }

    private static ShelfFamily cut(RampFamily rise, double jump, double top) {
        double to = Math.min(rise.to(), jump);
        double from = Math.min(rise.from(), to - RampFamily.NARROWEST);
        return new ShelfFamily(new RampFamily(from, to, rise.top(), rise.exponent()), jump, top);
    }

    /** ln λ of every pair. */
    double[] logs(int pairs) {
        var logs = rise.logs(pairs);
        for (int i = Math.max(0, (int) Math.ceil(jump)); i < pairs; i++) {
            logs[i] = top;
        }
        return logs;
    }
}
