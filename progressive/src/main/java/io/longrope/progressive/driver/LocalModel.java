package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.metric.Metric;
import io.longrope.evaluator.metric.Subject;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Copies of one checkpoint that measure side by side, without queue and journal. */
public final class LocalModel implements AutoCloseable {

    private static final long LONGEST_PASS_HOURS = 24;

    private final Checkpoint checkpoint;
    private final DecoderOptions options;
    private final ExecutorService threads;
    private final Queue<Decoder> idle = new ConcurrentLinkedQueue<>();

    /** @param copies threads, a copy of the model each once it is needed; the cores of the machine are shared among them */
    public LocalModel(Checkpoint checkpoint, DecoderOptions options, int copies) {
        this.checkpoint = checkpoint;
        this.options = options;
        Require.atLeast(1, copies, "workers");
        Decoder.useThreads(Math.max(1, Runtime.getRuntime().availableProcessors() / copies));
        threads = Executors.newFixedThreadPool(copies, task -> new Thread(task, "model"));
    }

    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** A figure that is being measured. */
    public final class Figure {

        private final Metric metric;
        private final List<Future<Double>> trials = new ArrayList<>();

        private Figure(Metric metric, Candidate candidate, Attention attention) {
            this.metric = metric;
            for (int i = 0; i < metric.trials(); i++) {
                int trial = i;
                trials.add(threads.submit(() -> measure(candidate, attention, metric, trial)));
            }
        }

        /** Waits for it. */
        public double get() throws InterruptedException {
            var measured = new ArrayList<Double>();
            for (var trial : trials) {
                measured.add(result(trial));
            }
            return metric.figure(measured);
        }
    }

    /** Begins to measure a figure. */
    public Figure measure(Metric metric, Candidate candidate, Attention attention) {
        return new Figure(metric, candidate, attention);
    }

    private double measure(Candidate candidate, Attention attention, Metric metric, int trial) {
        var known = idle.poll();
        var decoder = known == null ? Decoder.load(checkpoint, options) : known;
        try {
            return metric.measure(subject(decoder, candidate, attention), trial);
        } finally {
            idle.add(decoder);
        }
    }

    private static Subject subject(Decoder decoder, Candidate candidate, Attention attention) {
        return new Subject() {
            @Override
            public float[] of(int[] tokens) {
                return decoder.losses(tokens, candidate, attention);
            }

            @Override
            public int[] generate(int[] prompt, int count) {
                return decoder.generate(prompt, count, candidate, attention);
            }
        };
    }

    private static double result(Future<Double> trial) throws InterruptedException {
        try {
            return trial.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException("a trial could not be measured", e.getCause());
        }
    }

    /** Waits for the passes that run; those not begun are dropped. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (threads.awaitTermination(LONGEST_PASS_HOURS, TimeUnit.HOURS)) {
                idle.forEach(Decoder::close);
                checkpoint.tokenizer().close();
            }
        } catch (InterruptedException e) {
            // a decoder in use must stay open; the process is about to end
            Thread.currentThread().interrupt();
        }
    }
}
