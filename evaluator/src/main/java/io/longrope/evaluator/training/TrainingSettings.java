package io.longrope.evaluator.training;

import io.longrope.search.problem.Require;

/**
 * How a model is trained; with the data and the starting weights it decides the result to the bit.
 *
 * @param steps           optimizer steps
 * @param batch           sequences per step
 * @param microBatch      sequences per gradient computation; divides {@code batch}. Micro-batches run beside each other
 *                        on as many threads as there are, and are summed in order
 * @param learningRate    peak rate of AdamW
 * @param schedule        course of the rate after the warm-up
 * @param warmup          steps over which the rate rises from 0
 * @param clip            largest global gradient norm
 * @param weightDecay     decoupled decay, on matrices only
 * @param beta2           AdamW's second-moment decay (the first is 0.9)
 * @param seed            decides which windows of the text are read
 * @param checkpointEvery steps between saved states from which an interrupted run continues
 */
public record TrainingSettings(int steps, int batch, int microBatch, double learningRate, Schedule schedule, int warmup,
                               double clip, double weightDecay, double beta2, long seed, int checkpointEvery) {

    public TrainingSettings {
        Require.atLeast(1, steps, "steps");
        Require.atLeast(1, batch, "batch");
        Require.that(microBatch >= 1 && batch % microBatch == 0, "micro-batch", "must divide batch = " + batch, microBatch);
        Require.positive(learningRate, "learning-rate");
        Require.present(schedule, "schedule");
        Require.that(warmup >= 0 && warmup <= steps, "warmup", "must be between 0 and steps = " + steps, warmup);
        Require.positive(clip, "clip");
        Require.that(weightDecay >= 0 && Double.isFinite(weightDecay), "weight-decay", "must be at least 0", weightDecay);
        Require.that(beta2 > 0 && beta2 < 1, "beta2", "must be between 0 and 1", beta2);
        Require.atLeast(1, checkpointEvery, "checkpoint-every");
    }

    /** The rate of a step, the first being 0. */
    public double learningRate(int step) {
        if (step < warmup) {
            return learningRate * (step + 1) / warmup;
        }
        return learningRate * schedule.share((double) (step - warmup) / Math.max(1, steps - warmup));
    }

    int microBatches() {
        return batch / microBatch;
    }
}
