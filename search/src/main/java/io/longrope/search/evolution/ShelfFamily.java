package io.longrope.search.evolution;

import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Tables that rise to a shelf and jump from it to the top at a critical pair. A pair that made about half a turn or less
 * within L has never shown more than a part of the circle, so beyond L it must be stretched in full, by nearly s, or it
 * meets angles it was not trained on; the pairs before it have shown the whole circle and need far less (the critical
 * dimension of LongRoPE2, arXiv 2502.20082, §3.1). On small byte-level models (16 and 24 pairs, 4 and 8 times the window) the
 * best of some thousand tables scored in searches of several kinds had this shape each time: some s^0.3 to s^0.5 on the
 * pairs before the jump, then 0.8 to 0.95 s.
 *
 * @param rise the pairs before the jump
 * @param jump pair where it is; those from there on are at the top
 * @param top  ln λ there
 */
record ShelfFamily(RampFamily rise, double jump, double top) {

    /** Binary logarithm of the turns within L at the jump. */
    private static final double CRITICAL = -0.85;
    private static final double SPREAD = 0.6;
    /** ln λ of the shelf as a share of the top's. */
    private static final double LOWEST = 0.1;
    private static final double HIGHEST = 0.8;
    /** How far from its middle a central member may be, as a share of how far any may be. */
    private static final double CENTRAL = 0.4;

    /** A rise and a top as {@link RampFamily} draws them, cut at a jump near the critical pair. */
    static ShelfFamily draw(SearchSpace space, RandomGenerator random) {
        return cut(RampFamily.draw(space, random), space, random, 1);
    }

    /** A member from the middle of the family, with a top of 0.85 to 0.98 s. */
    static ShelfFamily drawCentral(SearchSpace space, RandomGenerator random) {
        double top = Math.log(space.extensionRatio() * random.nextDouble(0.85, 0.98));
        return cut(RampFamily.draw(space, random, top, CENTRAL), space, random, CENTRAL);
    }

    private static ShelfFamily cut(RampFamily ramp, SearchSpace space, RandomGenerator random, double breadth) {
        double jump = RampFamily.pairTurning(space.geometry(), Math.pow(2, CRITICAL + breadth * SPREAD * random.nextGaussian()));
        double middle = (LOWEST + HIGHEST) / 2;
        double shelf = ramp.top() * (middle + breadth * random.nextDouble(LOWEST - middle, HIGHEST - middle));
        double to = Math.min(ramp.to(), jump);
        double from = Math.min(ramp.from(), to - RampFamily.NARROWEST);
        return new ShelfFamily(new RampFamily(from, to, shelf, ramp.exponent()), jump, ramp.top());
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
