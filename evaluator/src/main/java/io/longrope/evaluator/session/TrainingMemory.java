package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.session.MemoryPlan.Part;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.work.Precision;

import java.util.Map;

/** The memory of a training step on a CPU, as training.py.txt computes it. Sums of gradients, moments and masters are in float32. */
final class TrainingMemory {

    /** Rows of the hidden width, and of the feed-forward's, that the backward pass of a layer reads again; fitted to bench memory. */
    private static final int ROWS_OF_WIDTH = 16;
    private static final int ROWS_OF_INNER_WIDTH = 6;
    /** Where layers are recomputed, one is kept and differentiated at once: its gradients lie beside what they are found from. */
    private static final int RECOMPUTED_LAYERS = 2;
    /** What a thread's allocations leave unused between them; fitted to bench memory. */
    private static final long THREAD_BYTES = 172L << 20;
    /** Rows of logits at a time where layers are recomputed. */
    static final int END_ROWS = 1024;

    private final ModelConfig model;
    private final ModelUse.Training use;
    private final Precision precision;
    private final long bytes;
    private final long trained;

    TrainingMemory(ModelConfig model, Precision precision, ModelUse.Training use) {
        this(model, precision, use, use.lora().map(lora -> adapters(model, lora)).orElse(model.parameters()));
    }

    private TrainingMemory(ModelConfig model, Precision precision, ModelUse.Training use, long trained) {
        this.model = model;
        this.precision = precision;
        this.use = use;
        this.bytes = precision == Precision.F32 ? Float.BYTES : Short.BYTES;
        this.trained = trained;
    }

    /** Of a pass backwards for something else than weights. */
    static TrainingMemory ofFrozenWeights(ModelConfig model, Precision precision, ModelUse.Training use) {
        return new TrainingMemory(model, precision, use, 0);
    }

    Map<Part, Long> parts() {
        return Map.of(
                Part.PROCESS, PassMemory.PROCESS_BYTES,
                Part.WEIGHTS, bytes * model.parameters(),
                Part.MASTERS, precision == Precision.F32 ? 0 : Float.BYTES * trained,
                Part.GRADIENTS, Float.BYTES * trained + use.parallel() * ownGradients(),
                Part.MOMENTS, 2 * Float.BYTES * trained,
                Part.ACTIVATIONS, use.parallel() * (THREAD_BYTES + activations((long) use.microBatch() * use.length())));
    }

    /** A micro-batch's own, before they are summed: in 16 bits found for all weights, or for one layer at a time, and then widened. */
    private long ownGradients() {
        return trained * (precision == Precision.F32 || use.recompute() ? Float.BYTES : bytes + Float.BYTES);
    }

    /** Parameters of the adapters: rank × (in + out) for each projection. */
    static long adapters(ModelConfig model, LoraSettings lora) {
        long width = model.hiddenSize();
        long queries = (long) model.heads() * model.headDim();
        long keys = (long) model.kvHeads() * model.headDim();
        return lora.rank() * model.layers() * lora.targets().stream().mapToLong(target -> width + switch (target) {
            case Q, O -> queries;
            case K, V -> keys;
            case GATE, UP, DOWN -> model.intermediateSize();
        }).sum();
    }

    /** Beside the gradients. What the backward pass reads goes as these come, so that of both only the larger is counted. */
    private long activations(long tokens) {
        long layer = tokens * bytes * ((long) ROWS_OF_WIDTH * model.hiddenSize() + (long) ROWS_OF_INNER_WIDTH * model.intermediateSize());
        if (use.recompute()) {
            long inputs = tokens * bytes * model.hiddenSize() * model.layers();
            return inputs + Math.max(RECOMPUTED_LAYERS * layer, logits(Math.min(tokens, END_ROWS)) - ownGradients());
        }
        return Math.max(0, layer * model.layers() + logits(tokens) - ownGradients());
    }

    /** In 32 bits, with their logarithms and their gradient. */
    private long logits(long rows) {
        return 3L * Float.BYTES * rows * model.vocabSize();
    }
}
