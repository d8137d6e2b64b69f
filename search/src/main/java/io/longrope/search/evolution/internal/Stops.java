package io.longrope.search.evolution.internal;

import io.longrope.search.space.SearchSpace;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Lets some of the slowest pairs of a curve stop turning, in a space that allows it. */
public final class Stops {

    /** How many of the curves stop some pairs. */
    private static final double SHARE = 0.3;

    private Stops() {
    }

    /**
     * The curve itself, or with from one to all of the groups that may stop stopped, the slowest first.
     *
     * @param logs ln λ of every pair; changed in place
     */
    public static double[] some(SearchSpace space, double[] logs, RandomGenerator random) {
        if (space.stoppable() > 0 && random.nextDouble() < SHARE) {
            int groups = space.groups().count();
            int first = space.groups().first(groups - 1 - random.nextInt(space.stoppable()));
            Arrays.fill(logs, first, logs.length, StrictMath.log(space.standsForInfinity()));
        }
        return logs;
    }
}
