package io.longrope.evaluator.decoder;

import io.longrope.search.work.Arithmetic;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

/**
 * How a decoder computes.
 *
 * @param device    where it computes
 * @param precision number format of weights and activations
 * @param chunk     rows of queries, feed-forward and logits in memory at a time; bounds memory, changes results by
 *                  rounding only
 * @param threads   CPU threads inside one operation: sums are split among them, so results are equal to the bit only between
 *                  equal counts
 * @param streamed  whether the layers' weights are read anew for each pass, two of them in memory at a time; changes no result, and
 *                  nothing is generated so
 */
public record DecoderOptions(Device device, Precision precision, int chunk, int threads, boolean streamed) {

    public DecoderOptions {
        Require.present(device, "device");
        Require.present(precision, "precision");
        Require.atLeast(1, chunk, "chunk");
        Require.atLeast(1, threads, "threads");
    }

    /** With all weights in memory. */
    public DecoderOptions(Device device, Precision precision, int chunk, int threads) {
        this(device, precision, chunk, threads, false);
    }

    /** With the usual chunk and one thread. */
    public DecoderOptions(Device device, Precision precision) {
        this(device, precision, Arithmetic.USUAL_CHUNK, 1);
    }

    /** On the CPU, with one thread. */
    public DecoderOptions(Precision precision, int chunk) {
        this(Device.CPU, precision, chunk, 1);
    }

    /** On the CPU, with the usual chunk and one thread. */
    public DecoderOptions(Precision precision) {
        this(precision, Arithmetic.USUAL_CHUNK);
    }
}
