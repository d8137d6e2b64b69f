package io.longrope.evaluator.decoder;

import io.longrope.search.problem.Require;

/**
 * Consecutive layers of a model, of which some are read from the checkpoint's files for each pass.
 *
 * @param from     the first one
 * @param count    how many, at least 1
 * @param streamed of them, spread evenly among those that stay in memory; at most {@code count}
 */
public record LayerRange(int from, int count, int streamed) {

    public LayerRange {
        Require.atLeast(0, from, "first layer");
        Require.atLeast(1, count, "layers");
        Require.that(streamed >= 0 && streamed <= count, "streamed layers", "must be between 0 and " + count, streamed);
    }

    /** Those of a whole model, all in memory. */
    public static LayerRange all(int layers) {
        return new LayerRange(0, layers, 0);
    }

    /** The first one behind these. */
    public int to() {
        return from + count;
    }

    /**
     * Whether a layer is read for each pass. Between two that are, as many stay in memory as between any others: their arithmetic is
     * the time there is to bring the next.
     *
     * @param layer of this range
     */
    public boolean isStreamed(int layer) {
        return streamedBefore(layer + 1) > streamedBefore(layer);
    }

    /** How many of those read for each pass come before a layer. */
    public int streamedBefore(int layer) {
        return Math.toIntExact((long) (layer - from) * streamed / count);
    }
}
