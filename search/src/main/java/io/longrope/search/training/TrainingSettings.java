package io.longrope.search.training;

import io.longrope.search.work.Precision;
import io.longrope.search.problem.Require;

/**
 * How a model is trained; with the data and the starting weights it decides the result to the bit.
 *
 * @param steps           optimizer steps
 * @param batch           sequences per step
 * @param microBatch      sequences per gradient computation; divides {@code batch}. Micro-batches run beside each other
 *                        on as many threads as there are, and are summed in order, so that the memory a step takes does
 *                        not grow with the batch
 * @param optimizer       how gradients become weights
 * @param precision       of weights, activations and gradients: F32, or BF16 with master weights, sums and moments in F32
 * @param recompute       gradient checkpointing: only the inputs of layers are kept, and each layer is computed again
 *                        when its gradient is
 * @param seed            decides which windows of the text are read, and all else that is drawn
 * @param checkpointEvery steps between saved states from which an interrupted run continues
 */
public record TrainingSettings(int steps, int batch, int microBatch, AdamW optimizer, Precision precision, boolean recompute,
                               long seed, int checkpointEvery) {

    public TrainingSettings {
        Require.atLeast(1, steps, "steps");
        Require.atLeast(1, batch, "batch");
        Require.that(microBatch >= 1 && batch % microBatch == 0, "micro-batch", "must divide batch = " + batch, microBatch);
        Require.present(optimizer, "optimizer");
        Require.that(optimizer.warmup() <= steps, "warmup", "must be between 0 and steps = " + steps, optimizer.warmup());
        Require.that(precision == Precision.F32 || precision == Precision.BF16, "precision", "must be f32 or bf16 in training", precision);
        Require.atLeast(1, checkpointEvery, "checkpoint-every");
    }

    /** In float32 and without recomputing. */
    public TrainingSettings(int steps, int batch, int microBatch, AdamW optimizer, long seed, int checkpointEvery) {
        this(steps, batch, microBatch, optimizer, Precision.F32, false, seed, checkpointEvery);
    }

    /** The same without what changes no weight: how often a state is saved. */
    public TrainingSettings deciding() {
        return new TrainingSettings(steps, batch, microBatch, optimizer, precision, recompute, seed, 1);
    }

    /** The rate of a step, the first being 0. */
    public double learningRate(int step) {
        return optimizer.rate(step, steps);
    }
}
