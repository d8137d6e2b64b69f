package io.longrope.search.evolution.longrope2;

import io.longrope.search.rope.RopeGeometry;

/**
 * Where LongRoPE2 (arXiv 2502.20082, §3.1) looks for the critical dimension, as pair indices: training showed pairs below
 * {@code tenTurns} ten full turns or more and pairs from {@code oneTurn} on less than one.
 *
 * @param tenTurns at least 0
 * @param oneTurn  at least {@code tenTurns}, below the number of pairs
 */
record CriticalPairs(int tenTurns, int oneTurn) {

    static CriticalPairs of(RopeGeometry geometry) {
        return new CriticalPairs(pairTurning(geometry, 10), pairTurning(geometry, 1));
    }

    /** ⌈(d/2) log_θ(L / (2π turns))⌉, kept inside the table. */
    private static int pairTurning(RopeGeometry geometry, double turns) {
        double pair = geometry.pairs() * StrictMath.log(geometry.originalLength() / (2 * Math.PI * turns))
                / StrictMath.log(geometry.theta());
        return Math.max(0, Math.min(geometry.pairs() - 1, (int) Math.ceil(pair)));
    }
}
