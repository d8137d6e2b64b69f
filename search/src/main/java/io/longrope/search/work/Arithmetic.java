package io.longrope.search.work;

import io.longrope.search.problem.Require;

/**
 * How a model computes, as far as it decides bits.
 *
 * @param precision of weights and activations
 * @param chunk     rows of the sequence that feed-forward, norms and head take at a time, at least 1
 * @param threads   CPU threads inside one operation, at least 1: sums are split among them
 */
public record Arithmetic(Precision precision, int chunk, int threads) {

    /** Raised whenever a change of the decoder's or trainer's arithmetic changes bits: what was measured before is then measured anew. */
    public static final int VERSION = 2;

    /** Rows at a time where nothing else is said. */
    public static final int USUAL_CHUNK = 2048;

    public Arithmetic {
        Require.present(precision, "arithmetic.precision");
        Require.atLeast(1, chunk, "arithmetic.chunk");
        Require.atLeast(1, threads, "arithmetic.threads");
    }
}
