package io.longrope.search.training;

import io.longrope.search.problem.Require;

/**
 * The optimiser: AdamW (Loshchilov and Hutter, 2019) with ε = 1e-8, after clipping by the global norm.
 *
 * @param learningRate peak rate
 * @param schedule     course of the rate after the warm-up
 * @param warmup       steps over which the rate rises from 0, at least 0
 * @param clip         largest global gradient norm
 * @param weightDecay  decoupled decay, on matrices only
 * @param beta1        decay of the first moment, in (0, 1)
 * @param beta2        decay of the second moment, in (0, 1)
 */
public record AdamW(double learningRate, Schedule schedule, int warmup, double clip, double weightDecay, double beta1, double beta2) {

    public AdamW {
        Require.positive(learningRate, "learning-rate");
        Require.present(schedule, "schedule");
        Require.atLeast(0, warmup, "warmup");
        Require.positive(clip, "clip");
        Require.that(weightDecay >= 0 && Double.isFinite(weightDecay), "weight-decay", "must be at least 0", weightDecay);
        Require.that(beta1 > 0 && beta1 < 1, "beta1", "must be between 0 and 1", beta1);
        Require.that(beta2 > 0 && beta2 < 1, "beta2", "must be between 0 and 1", beta2);
    }

    /** The rate of a step, the first being 0, of that many. */
    public double rate(int step, int steps) {
        if (step < warmup) {
            return learningRate * (step + 1) / warmup;
        }
        return learningRate * schedule.share((double) (step - warmup) / Math.max(1, steps - warmup));
    }
}
