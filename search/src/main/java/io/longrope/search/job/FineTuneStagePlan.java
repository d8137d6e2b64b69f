package io.longrope.search.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.problem.Require;

/**
 * Trains the latest checkpoint on with the factors searched for a length.
 *
 * @param name            names the stage
 * @param length          the length whose factors are in force
 * @param trainLength     tokens per training sequence, at most the length (Mistral's recipe trains on 16k with the factors of 128k)
 * @param steps           optimiser steps
 * @param batch           sequences per step
 * @param microBatch      sequences per forward pass; divides batch
 * @param learningRate    peak learning rate
 * @param schedule        how the learning rate falls after the warm-up
 * @param warmup          steps in which it rises from 0
 * @param clip            largest norm of the gradient
 * @param weightDecay     AdamW's
 * @param checkpointEvery steps between resumable checkpoints
 */
public record FineTuneStagePlan(String name, int length, int trainLength, int steps, int batch, int microBatch,
                                double learningRate, Schedule schedule, int warmup, double clip, double weightDecay,
                                int checkpointEvery) implements StagePlan {

    /** The learning rate after the warm-up. */
    public enum Schedule {
        @JsonProperty("constant")
        CONSTANT,
        /** Falls in a line to 0 at the last step. */
        @JsonProperty("linear")
        LINEAR,
        /** Falls along half a cosine to a tenth at the last step. */
        @JsonProperty("cosine")
        COSINE
    }

    public FineTuneStagePlan {
        Require.notBlank(name, "fine-tune.name");
        Require.atLeast(2, length, "fine-tune.length");
        Require.atLeast(2, trainLength, "fine-tune.train-length");
        Require.that(trainLength <= length, "fine-tune.train-length", "must be at most the length, " + length, trainLength);
        Require.atLeast(1, steps, "fine-tune.steps");
        Require.atLeast(1, batch, "fine-tune.batch");
        Require.that(microBatch >= 1 && batch % microBatch == 0, "fine-tune.micro-batch", "must divide the batch of " + batch, microBatch);
        Require.positive(learningRate, "fine-tune.learning-rate");
        Require.present(schedule, "fine-tune.schedule");
        Require.that(warmup >= 0 && warmup < steps, "fine-tune.warmup", "must be at least 0 and below the " + steps + " steps", warmup);
        Require.positive(clip, "fine-tune.clip");
        Require.that(weightDecay >= 0 && Double.isFinite(weightDecay), "fine-tune.weight-decay", "must be at least 0", weightDecay);
        Require.atLeast(1, checkpointEvery, "fine-tune.checkpoint-every");
    }

    @Override
    public String kind() {
        return "fine-tune";
    }

    /** Tokens trained on. */
    public long tokens() {
        return (long) steps * batch * trainLength;
    }
}
