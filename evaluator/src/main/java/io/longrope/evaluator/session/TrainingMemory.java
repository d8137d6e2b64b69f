package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.session.MemoryPlan.Part;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.work.Precision;

import java.util.Map;

/** The memory of a training step, as training.py.txt computes it. Sums of gradients, moments and masters are in float32. */
final class TrainingMemory {

    /** Rows of the hidden width, and of the feed-forward's, that the backward pass of a layer reads again; fitted to bench train. */
    private static final int ROWS_OF_WIDTH = 16;
    private static final int ROWS_OF_INNER_WIDTH = 6;
    /** Rows of logits at a time where layers are recomputed. */
    private static final int END_ROWS = 1024;

    private final ModelConfig model;
    private final ModelUse.Training use;
    private final Precision precision;
    private final long bytes;

    TrainingMemory(ModelConfig model, Precision precision, ModelUse.Training use) {
        this.model = model;
        this.precision = precision;
        this.use = use;
        this.bytes = precision == Precision.F32 ? Float.BYTES : Short.BYTES;
    }

    Map<Part, Long> parts() {
        long trained = use.lora().map(this::adapters).orElse(model.parameters());
        return Map.of(
                Part.PROCESS, PassMemory.PROCESS_BYTES,
                Part.WEIGHTS, bytes * model.parameters(),
                Part.MASTERS, precision == Precision.F32 ? 0 : Float.BYTES * trained,
                Part.GRADIENTS, Float.BYTES * trained * (1 + use.parallel()),
                Part.MOMENTS, 2 * Float.BYTES * trained,
                Part.ACTIVATIONS, use.parallel() * activations((long) use.microBatch() * use.length()));
    }

    /** Parameters of the adapters: rank × (in + out) for each projection. */
    private long adapters(LoraSettings lora) {
        long width = model.hiddenSize();
        long queries = (long) model.heads() * model.headDim();
        long keys = (long) model.kvHeads() * model.headDim();
        return lora.rank() * model.layers() * lora.targets().stream().mapToLong(target -> width + switch (target) {
            case Q, O -> queries;
            case K, V -> keys;
            case GATE, UP, DOWN -> model.intermediateSize();
        }).sum();
    }

    private long activations(long tokens) {
        long layer = tokens * bytes * ((long) ROWS_OF_WIDTH * model.hiddenSize() + (long) ROWS_OF_INNER_WIDTH * model.intermediateSize());
        boolean recompute = use.recompute();
        long rows = recompute ? Math.min(tokens, END_ROWS) : tokens;
        // the logits in 32 bits, their logarithms and their gradient
        long logits = 3L * Float.BYTES * rows * model.vocabSize();
        return logits + (recompute ? layer + tokens * bytes * model.hiddenSize() * model.layers() : layer * model.layers());
    }
}
