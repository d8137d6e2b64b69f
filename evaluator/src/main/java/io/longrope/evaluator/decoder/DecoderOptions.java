package io.longrope.evaluator.decoder;

import io.longrope.search.work.Arithmetic;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

import java.util.Optional;

/**
 * How a decoder computes.
 *
 * @param device    where it computes
 * @param precision number format of weights and activations
 * @param chunk     rows of queries, feed-forward and logits in memory at a time; bounds memory, changes results by
 *                  rounding only
 * @param threads   CPU threads inside one operation: sums are split among them, so results are equal to the bit only between
 *                  equal counts
 * @param placement which device has which layers, the first of them {@code device}, and which are read for each pass; changes no
 *                  result; empty = all in the memory of the device
 */
public record DecoderOptions(Device device, Precision precision, int chunk, int threads, Optional<Placement> placement) {

    public DecoderOptions {
        Require.present(device, "device");
        Require.present(precision, "precision");
        Require.atLeast(1, chunk, "chunk");
        Require.atLeast(1, threads, "threads");
        Require.present(placement, "placement");
    }

    /** With all weights in the memory of one device. */
    public DecoderOptions(Device device, Precision precision, int chunk, int threads) {
        this(device, precision, chunk, threads, Optional.empty());
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
