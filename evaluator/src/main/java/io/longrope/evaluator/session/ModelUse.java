package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Placement;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Precision;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What a model is brought into memory for: it decides, with the model and the precision, how much memory it takes. */
public sealed interface ModelUse {

    /**
     * Bytes by part on one device; parts that take none may be missing.
     *
     * @param share     what the device has of the model
     * @param precision of weights and activations
     * @param chunk     rows of the sequence that a forward pass takes at a time
     */
    Map<MemoryPlan.Part, Long> memory(Placement.Share share, ModelConfig model, Precision precision, int chunk);

    /** Whether layers may be on several devices; where not, it has the first one only. */
    default boolean spreads() {
        return false;
    }

    /** Whether layers may be read from their files for each pass. */
    default boolean streams() {
        return false;
    }

    /** For error messages: {@code scoring 8192 tokens}. */
    String describe();

    /** What to do when it takes more memory than there is. */
    String wayOut();

    /**
     * Losses of whole sequences.
     *
     * @param length tokens of the longest, at least 1
     */
    record Scoring(int length, Attention attention) implements ModelUse {

        public Scoring {
            Require.atLeast(1, length, "length");
            Require.present(attention, "attention");
        }

        @Override
        public boolean spreads() {
            return true;
        }

        @Override
        public boolean streams() {
            return true;
        }

        @Override
        public Map<MemoryPlan.Part, Long> memory(Placement.Share share, ModelConfig model, Precision precision, int chunk) {
            return new PassMemory(share, model, precision, chunk, attention).scoring(length);
        }

        @Override
        public String describe() {
            return "scoring " + Plural.of(length, "token");
        }

        @Override
        public String wayOut() {
            return "choose a shorter length or --precision bf16";
        }
    }

    /**
     * Continuing sequences token by token, with the keys and values of every layer kept.
     *
     * @param length tokens of the longest, those added included, at least 1
     */
    record Generating(int length, Attention attention) implements ModelUse {

        public Generating {
            Require.atLeast(1, length, "length");
            Require.present(attention, "attention");
        }

        @Override
        public boolean spreads() {
            return true;
        }

        @Override
        public Map<MemoryPlan.Part, Long> memory(Placement.Share share, ModelConfig model, Precision precision, int chunk) {
            return new PassMemory(share, model, precision, chunk, attention).generating(length);
        }

        @Override
        public String describe() {
            return "generating up to " + Plural.of(length, "token");
        }

        @Override
        public String wayOut() {
            return "choose a shorter length or --precision bf16";
        }
    }

    /**
     * The loss of a sequence with its derivatives by the rescale factors, layers computed again one at a time. No gradient of a weight is
     * found.
     *
     * @param length tokens, at least 1
     */
    record Differentiating(int length) implements ModelUse {

        public Differentiating {
            Require.atLeast(1, length, "length");
        }

        @Override
        public Map<MemoryPlan.Part, Long> memory(Placement.Share share, ModelConfig model, Precision precision, int chunk) {
            var pass = new Training(length, 1, 1, true, Optional.empty());
            var parts = new EnumMap<>(share.device().gpu().isPresent()
                    ? GpuTrainingMemory.ofFrozenWeights(share.device(), model, precision, pass).parts()
                    : TrainingMemory.ofFrozenWeights(model, precision, pass).parts());
            // cosines and sines, and their gradients, of all layers together and of one
            parts.put(MemoryPlan.Part.POSITION_TABLES, 3L * 2 * Float.BYTES * length * model.rope().pairs());
            return parts;
        }

        @Override
        public String describe() {
            return "the gradient of " + length + " tokens";
        }

        @Override
        public String wayOut() {
            return "choose a shorter length, --precision bf16 or an algorithm without gradients";
        }
    }

    /**
     * Training. Sums of gradients, moments and masters are in float32 whatever the precision.
     *
     * @param length     tokens of a sequence, at least 1
     * @param microBatch sequences of one gradient computation, at least 1
     * @param parallel   micro-batches computed beside each other, at least 1
     * @param recompute  whether layers are computed again in the backward pass
     * @param lora       adapters trained in place of all weights
     */
    record Training(int length, int microBatch, int parallel, boolean recompute, Optional<LoraSettings> lora) implements ModelUse {

        public Training {
            Require.atLeast(1, length, "length");
            Require.atLeast(1, microBatch, "micro-batch");
            Require.atLeast(1, parallel, "parallel");
            Require.present(lora, "lora");
        }

        /** One micro-batch at a time: the least it takes. */
        public static Training alone(int length, TrainingSettings settings, Optional<LoraSettings> lora) {
            return new Training(length, settings.microBatch(), 1, settings.recompute(), lora);
        }

        /** With that many micro-batches beside each other. */
        public Training with(int parallel) {
            return new Training(length, microBatch, parallel, recompute, lora);
        }

        @Override
        public Map<MemoryPlan.Part, Long> memory(Placement.Share share, ModelConfig model, Precision precision, int chunk) {
            return share.device().gpu().isPresent() ? new GpuTrainingMemory(share.device(), model, precision, this).parts()
                    : new TrainingMemory(model, precision, this).parts();
        }

        @Override
        public String describe() {
            return "training in sequences of " + Plural.of(length, "token") + ", " + parallel + " micro-batches of " + microBatch
                    + " at a time";
        }

        @Override
        public String wayOut() {
            return "choose --recompute, --precision bf16, --lora-rank or a shorter --train-length";
        }
    }
}
