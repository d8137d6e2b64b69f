package io.longrope.search.training;

import io.longrope.search.work.Precision;
import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;

/**
 * How a model is trained; with the data and the starting weights it decides the result to the bit. Micro-batches run beside
 * each other on as many threads as there are, and are summed in order, so that the memory a step takes does not grow with the
 * batch.
 *
 * @param optimizer how gradients become weights
 */
public record TrainingSettings(
        @Key(value = "Optimizer steps.", atLeast = 1) int steps,
        @Key(value = "Sequences per step.", byDefault = "32", atLeast = 1) int batch,
        @Key(value = "Sequences per gradient computation; divides the batch.", byDefault = "1", atLeast = 1) int microBatch,
        @Key(flat = true) AdamW optimizer,
        @Key(value = "Of weights, activations and gradients: f32, or bf16 with master weights, sums and moments in f32.", byDefault = "f32")
        Precision precision,
        @Key(value = "Gradient checkpointing: keep the inputs of layers only and compute each layer again; less memory, more time.",
                byDefault = "false") boolean recompute,
        @Key(value = "Decides which windows of the text are read, and all else that is drawn.",
                byDefault = "= of the job and the stage's name")
        long seed,
        @Key(value = "Steps between saved states from which an interrupted run continues.", byDefault = "50",
                atLeast = 1) int checkpointEvery) {

    public TrainingSettings {
        KeyRule.require(TrainingSettings.class, steps, batch, microBatch, optimizer, precision, recompute, seed, checkpointEvery);
        Require.that(batch % microBatch == 0, "micro-batch", "must divide batch = " + batch, microBatch);
        Require.that(optimizer.warmup() <= steps, "warmup", "must be between 0 and steps = " + steps, optimizer.warmup());
        Require.that(precision == Precision.F32 || precision == Precision.BF16, "precision", "must be f32 or bf16 in training", precision);
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
