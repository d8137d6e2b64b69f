package io.longrope.evaluator.training.internal;

import java.util.SplittableRandom;

/** Random places in a text of any length. */
final class Draws {

    private Draws() {
    }

    /** At least 0 and below the bound; a bound that fits an int gives what {@link SplittableRandom#nextInt(int)} does. */
    static long below(SplittableRandom random, long bound) {
        return bound <= Integer.MAX_VALUE ? random.nextInt((int) bound) : random.nextLong(bound);
    }
}
