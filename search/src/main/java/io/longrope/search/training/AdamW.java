package io.longrope.search.training;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;

/**
 * The optimiser: AdamW (Loshchilov and Hutter, 2019) with ε = 1e-8, after clipping by the global norm. The keys say what
 * each setting means and where it lies; the defaults are those of LongRoPE's fine-tuning (§4.1).
 */
public record AdamW(
        @Key(value = "Peak learning rate.", byDefault = "2.0e-5", above = 0) double learningRate,
        @Key(value = "The rate after the warm-up: constant, linear (to 0) or cosine (to a tenth).", byDefault = "linear") Schedule schedule,
        @Key(value = "Steps in which the rate rises from 0.", byDefault = "0", atLeast = 0) int warmup,
        @Key(value = "Largest global norm of the gradient.", byDefault = "1", above = 0) double clip,
        @Key(value = "Decoupled decay, of matrices only.", byDefault = "0", atLeast = 0) double weightDecay,
        @Key(value = "AdamW's decay of the first moment.", byDefault = "0.9", above = 0, below = 1) double beta1,
        @Key(value = "AdamW's decay of the second moment.", byDefault = "0.999", above = 0, below = 1) double beta2) {

    public AdamW {
        KeyRule.require(AdamW.class, learningRate, schedule, warmup, clip, weightDecay, beta1, beta2);
    }

    /** The rate of a step, the first being 0, of that many. */
    public double rate(int step, int steps) {
        if (step < warmup) {
            return learningRate * (step + 1) / warmup;
        }
        return learningRate * schedule.share((double) (step - warmup) / Math.max(1, steps - warmup));
    }
}
