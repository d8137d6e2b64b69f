package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;

import java.util.Optional;

/**
 * How a model computes, as far as it decides bits.
 *
 * @param precision of weights and activations
 * @param chunk     rows of the sequence that feed-forward, norms and head take at a time, at least 1
 * @param threads   CPU threads inside one operation, at least 1: sums are split among them
 * @param shrinks   whether a worker that runs out of memory may take a smaller chunk, which gives other bits. Part of the JSON, and so of
 *                  ids, only where it is true: who asks for bits never gets the answer to a question that does not
 */
public record Arithmetic(Precision precision, int chunk, int threads, @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean shrinks) {

    /** Raised whenever a change of the decoder's or trainer's arithmetic changes bits: what was measured before is then measured anew. */
    public static final int VERSION = 2;

    /** Rows at a time where nothing else is said. */
    public static final int USUAL_CHUNK = 2048;

    /** Below it what a chunk takes no longer counts beside the sequence itself. */
    public static final int SMALLEST_CHUNK = 64;

    public Arithmetic(Precision precision, int chunk, int threads, @JacksonInject(Json.FLAG_LEFT_OUT) boolean shrinks) {
        Require.present(precision, "arithmetic.precision");
        Require.atLeast(1, chunk, "arithmetic.chunk");
        Require.atLeast(1, threads, "arithmetic.threads");
        this.precision = precision;
        this.chunk = chunk;
        this.threads = threads;
        this.shrinks = shrinks;
    }

    /** To the bit. */
    public Arithmetic(Precision precision, int chunk, int threads) {
        this(precision, chunk, threads, false);
    }

    /** With half the chunk; empty where the bits of the whole one are asked for, or where it is small already. */
    public Optional<Arithmetic> smaller() {
        return shrinks && chunk / 2 >= SMALLEST_CHUNK ? Optional.of(new Arithmetic(precision, chunk / 2, threads, true)) : Optional.empty();
    }
}
