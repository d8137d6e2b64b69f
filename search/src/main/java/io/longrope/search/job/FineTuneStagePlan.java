package io.longrope.search.job;

import io.longrope.search.training.TrainingCommand;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.work.Precision;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Optional;

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
 * @param beta1           AdamW's decay of the first moment
 * @param beta2           AdamW's decay of the second moment
 * @param precision       F32, or BF16 with float32 masters
 * @param recompute       gradient checkpointing, layer by layer
 * @param sequences       what the training sequences look like
 * @param lora            adapters in place of all weights; empty = all weights
 * @param heldOutEvery    steps between losses on the selection share of the evaluation text; 0 = none
 * @param heldOutSamples  samples of that loss
 * @param checkpointEvery steps between resumable checkpoints
 * @param command         the program that trains; empty = the built-in trainer
 */
public record FineTuneStagePlan(String name, int length, int trainLength, int steps, int batch, int microBatch,
                                double learningRate, Schedule schedule, int warmup, double clip, double weightDecay, double beta1,
                                double beta2, Precision precision, boolean recompute, Sequences sequences, Optional<Lora> lora,
                                int heldOutEvery, int heldOutSamples, int checkpointEvery,
                                Optional<TrainingCommand> command) implements StagePlan {

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

    /** Where the tokens of a training sequence stand. */
    public enum Positions {
        /** From 0 on. */
        @JsonProperty("contiguous")
        CONTIGUOUS,
        /** PoSE: chunks, each moved on by a random skip, below the length. */
        @JsonProperty("pose")
        POSE,
        /** Random ascending positions below the length. */
        @JsonProperty("random")
        RANDOM
    }

    /**
     * @param positions  where tokens stand
     * @param chunks     of a PoSE sequence, at least 1
     * @param shortShare probability that a sequence is packed short documents at the original positions (LongRoPE2), in [0, 1)
     */
    public record Sequences(Positions positions, int chunks, double shortShare) {

        /** One text from position 0 on. */
        public static final Sequences PLAIN = new Sequences(Positions.CONTIGUOUS, 2, 0);

        public Sequences {
            Require.present(positions, "fine-tune.positions");
            Require.atLeast(1, chunks, "fine-tune.chunks");
            Require.that(shortShare >= 0 && shortShare < 1, "fine-tune.short-share", "must be at least 0 and below 1", shortShare);
        }
    }

    /**
     * Low-rank adapters.
     *
     * @param rank    at least 1
     * @param alpha   multiplies the adapters, divided by the rank
     * @param targets projections adapted
     */
    public record Lora(int rank, double alpha, List<Target> targets) {

        /** A projection. */
        public enum Target {
            @JsonProperty("q") Q,
            @JsonProperty("k") K,
            @JsonProperty("v") V,
            @JsonProperty("o") O,
            @JsonProperty("gate") GATE,
            @JsonProperty("up") UP,
            @JsonProperty("down") DOWN
        }

        public Lora {
            Require.atLeast(1, rank, "fine-tune.lora.rank");
            Require.positive(alpha, "fine-tune.lora.alpha");
            targets = List.copyOf(Require.present(targets, "fine-tune.lora.targets"));
            Require.that(!targets.isEmpty() && targets.stream().distinct().count() == targets.size(), "fine-tune.lora.targets",
                    "must name projections, each once", targets);
        }
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
        Require.that(beta1 > 0 && beta1 < 1, "fine-tune.beta1", "must be between 0 and 1", beta1);
        Require.that(beta2 > 0 && beta2 < 1, "fine-tune.beta2", "must be between 0 and 1", beta2);
        Require.that(precision == Precision.F32 || precision == Precision.BF16, "fine-tune.precision", "must be f32 or bf16", precision);
        Require.present(sequences, "fine-tune.sequences");
        Require.that(sequences.positions() != Positions.POSE || sequences.chunks() <= trainLength, "fine-tune.chunks",
                "must be at most the tokens of a sequence, " + trainLength, sequences.chunks());
        Require.present(lora, "fine-tune.lora");
        Require.atLeast(0, heldOutEvery, "fine-tune.held-out-every");
        Require.atLeast(1, heldOutSamples, "fine-tune.held-out-samples");
        Require.atLeast(1, checkpointEvery, "fine-tune.checkpoint-every");
        Require.present(command, "fine-tune.command");
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
