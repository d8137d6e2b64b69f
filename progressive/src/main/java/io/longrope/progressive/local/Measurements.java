package io.longrope.progressive.local;

import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.metric.Reading;
import io.longrope.evaluator.metric.Subject;
import io.longrope.evaluator.metric.Trials;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.session.OpenModel;
import io.longrope.progressive.stage.Answers;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Figures of one checkpoint, measured side by side, without queue and journal. */
public final class Measurements implements AutoCloseable {

    private static final long LONGEST_PASS_HOURS = 24;

    private final ModelSession session;
    private final Path checkpoint;
    private final Arithmetic arithmetic;
    private final ExecutorService threads;

    /**
     * @param session    holds the model, and stays open
     * @param sideBySide trials at a time, at least 1
     */
    public Measurements(ModelSession session, Path checkpoint, Arithmetic arithmetic, int sideBySide) {
        this.session = session;
        this.checkpoint = checkpoint;
        this.arithmetic = arithmetic;
        threads = Executors.newFixedThreadPool(Require.atLeast(1, sideBySide, "workers"), task -> new Thread(task, "model"));
    }

    /** Trials that are being measured. */
    public static final class Measured<T> {

        private final List<Future<T>> trials;

        private Measured(List<Future<T>> trials) {
            this.trials = trials;
        }

        /** Waits for them; what each gave, in their order. */
        public List<T> get() throws InterruptedException {
            var measured = new ArrayList<T>();
            try {
                for (var trial : trials) {
                    measured.add(trial.get());
                }
            } catch (ExecutionException e) {
                throw Answers.failure(e);
            }
            return measured;
        }
    }

    /**
     * Begins to measure.
     *
     * @param use the memory that one trial takes
     */
    public <T> Measured<T> measure(Trials<T> asked, Candidate candidate, Attention attention, Reading reading, ModelUse use) {
        var trials = new ArrayList<Future<T>>();
        for (int i = 0; i < asked.trials(); i++) {
            int trial = i;
            trials.add(threads.submit(() -> {
                try (var model = session.open(checkpoint, Optional.empty(), arithmetic, use)) {
                    return asked.measure(reading.of(subject(model, candidate, attention)), trial);
                }
            }));
        }
        return new Measured<>(trials);
    }

    private static Subject subject(OpenModel model, Candidate candidate, Attention attention) {
        return new Subject() {
            @Override
            public float[] of(int[] tokens) {
                return model.losses(tokens, candidate, attention);
            }

            @Override
            public int[] generate(int[] prompt, int count) {
                return model.generate(prompt, count, candidate, attention);
            }
        };
    }

    /** Waits for the passes that run; those not begun are dropped. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(LONGEST_PASS_HOURS, TimeUnit.HOURS);
        } catch (InterruptedException e) {
            // the session waits for what is in use before it frees anything
            Thread.currentThread().interrupt();
        }
    }
}
