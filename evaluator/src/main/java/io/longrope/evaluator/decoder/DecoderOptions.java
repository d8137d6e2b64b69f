package io.longrope.evaluator.decoder;

import io.longrope.search.evaluation.Precision;
import io.longrope.search.problem.Require;

/**
 * How a decoder computes.
 *
 * @param precision number format of weights and activations
 * @param chunk     rows of queries, feed-forward and logits in memory at a time; bounds memory, changes results by
 *                  rounding only
 */
public record DecoderOptions(Precision precision, int chunk) {

    public static final int DEFAULT_CHUNK = 2048;

    public DecoderOptions {
        Require.present(precision, "precision");
        Require.atLeast(1, chunk, "chunk");
    }

    public DecoderOptions(Precision precision) {
        this(precision, DEFAULT_CHUNK);
    }
}
