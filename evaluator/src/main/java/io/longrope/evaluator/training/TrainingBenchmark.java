package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.session.Reservation;
import io.longrope.evaluator.training.internal.FirstWeights;
import io.longrope.evaluator.training.internal.Sequence;
import io.longrope.evaluator.training.internal.SequenceSource;
import io.longrope.evaluator.training.internal.Trainer;
import io.longrope.search.space.Candidate;
import io.longrope.search.training.TrainingSettings;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** How long a training step of a model of random weights takes. */
public final class TrainingBenchmark implements AutoCloseable {

    private final Trainer trainer;
    private final LongSupplier nanoTime;

    /**
     * @param threads  CPU threads inside one operation
     * @param nanoTime a clock of nanoseconds
     */
    public TrainingBenchmark(ModelConfig config, TrainingSettings settings, ModelUse.Training use, Reservation memory, int threads,
            LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        SequenceSource sequences = (step, count) -> IntStream.range(0, count)
                .mapToObj(i -> Sequence.of(new SplittableRandom(step + i).ints(use.length() + 1, 0, config.vocabSize()).toArray()))
                .toList();
        trainer = new Trainer(config, FirstWeights.random(), Candidate.original(config.rope().pairs()), sequences, settings, use, memory,
                threads);
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
