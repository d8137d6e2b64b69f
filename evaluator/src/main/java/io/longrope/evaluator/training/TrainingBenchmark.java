package io.longrope.evaluator.training;

import io.longrope.search.training.TrainingSettings;
import io.longrope.search.training.LoraSettings;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.training.internal.Sequence;
import io.longrope.evaluator.training.internal.SequenceSource;
import io.longrope.evaluator.training.internal.Trainer;
import io.longrope.search.space.Candidate;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** How long a training step of a model of random weights takes. */
public final class TrainingBenchmark implements AutoCloseable {

    private final Trainer trainer;
    private final LongSupplier nanoTime;

    /**
     * @param length   tokens per sequence, at least 2
     * @param nanoTime a clock of nanoseconds
     */
    public TrainingBenchmark(ModelConfig config, TrainingSettings settings, Optional<LoraSettings> lora, int length, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        var random = new SplittableRandom(settings.seed());
        SequenceSource sequences = (step, count) -> IntStream.range(0, count)
                .mapToObj(i -> Sequence.of(new SplittableRandom(step + i).ints(length + 1, 0, config.vocabSize()).toArray())).toList();
        trainer = new Trainer(config, name -> {
            var values = new float[(int) Arrays.stream(name.shape()).reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (0.02 * (random.nextDouble() - 0.5));
            }
            return values;
        }, Candidate.original(config.rope().pairs()), length, sequences, settings, lora);
    }

    /** Parameters that a step changes. */
    public long trainable() {
        return trainer.trainable();
    }

    /** Seconds of one optimizer step. */
    public double step() {
        long start = nanoTime.getAsLong();
        trainer.advance((step, loss, norm, rate, tokens) -> { });
        return (nanoTime.getAsLong() - start) / 1e9;
    }

    @Override
    public void close() {
        trainer.close();
    }
}
