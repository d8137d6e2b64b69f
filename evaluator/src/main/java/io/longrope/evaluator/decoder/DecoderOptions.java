package io.longrope.evaluator.decoder;

import io.longrope.search.work.Precision;
import io.longrope.search.problem.Require;

/**
 * How a decoder computes.
 *
 * @param device    where it computes
 * @param precision number format of weights and activations
 * @param chunk     rows of queries, feed-forward and logits in memory at a time; bounds memory, changes results by
 *                  rounding only
 */
public record DecoderOptions(Device device, Precision precision, int chunk) {

    public static final int DEFAULT_CHUNK = 2048;

    public DecoderOptions {
        Require.present(device, "device");
        Require.present(precision, "precision");
        Require.atLeast(1, chunk, "chunk");
    }

    public DecoderOptions(Device device, Precision precision) {
        this(device, precision, DEFAULT_CHUNK);
    }

    /** On the CPU. */
    public DecoderOptions(Precision precision, int chunk) {
        this(Device.CPU, precision, chunk);
    }

    /** On the CPU. */
    public DecoderOptions(Precision precision) {
        this(precision, DEFAULT_CHUNK);
    }
}
