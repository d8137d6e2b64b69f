package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.work.Precision;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a step of training takes, from the model's configuration alone; an estimate.
 *
 * @param precision of weights and activations; sums of gradients, moments and masters are in 32 bits
 * @param recompute whether only the inputs of layers are kept for the backward pass
 * @param adapters  parameters that are trained in place of all weights; empty = all weights are
 */
public record TrainingCost(ModelConfig model, Precision precision, boolean recompute, OptionalLong adapters) {

    /** Rows of the hidden width, and of the feed-forward's, that the backward pass of a layer reads again; fitted to bench train. */
    private static final int ROWS_OF_WIDTH = 16;
    private static final int ROWS_OF_INNER_WIDTH = 6;
    /** Rows of logits at a time where layers are recomputed. */
    private static final int END_ROWS = 1024;

    /** Parameters of low-rank adapters: rank × (in + out) for each projection named q, k, v, o, gate, up or down. */
    public static long adapters(ModelConfig model, int rank, List<String> targets) {
        long width = model.hiddenSize();
        long queries = (long) model.heads() * model.headDim();
        long keys = (long) model.kvHeads() * model.headDim();
        return rank * model.layers() * targets.stream().mapToLong(target -> width + switch (target) {
            case "q", "o" -> queries;
            case "k", "v" -> keys;
            default -> model.intermediateSize();
        }).sum();
    }

    /**
     * Bytes on the device.
     *
     * @param tokens   of a micro-batch
     * @param parallel micro-batches beside each other
     */
    public long bytes(long tokens, int parallel) {
        long bytes = precision == Precision.F32 ? 4 : 2;
        long trained = adapters.orElse(model.parameters());
        long masters = precision == Precision.F32 ? 0 : 4 * trained;
        long gradients = 4 * trained * (1 + parallel);
        long moments = 8 * trained;
        return bytes * model.parameters() + masters + gradients + moments + parallel * activations(tokens, bytes);
    }

    private long activations(long tokens, long bytes) {
        long layer = tokens * bytes * ((long) ROWS_OF_WIDTH * model.hiddenSize() + (long) ROWS_OF_INNER_WIDTH * model.intermediateSize());
        long rows = recompute ? Math.min(tokens, END_ROWS) : tokens;
        // the logits in 32 bits, their logarithms and their gradient
        long logits = 3L * Float.BYTES * rows * model.vocabSize();
        return logits + (recompute ? layer + tokens * bytes * model.hiddenSize() * model.layers() : layer * model.layers());
    }
}
