package io.longrope.evaluator.worker;

import io.longrope.search.work.EvaluationLoop;
import io.longrope.search.work.EvaluationQueue;
import io.longrope.search.work.EvaluationMeter;

import java.util.concurrent.CompletableFuture;

/** A thread that takes evaluations from a queue, measures them and publishes the scores, until it is closed. */
public final class Worker implements AutoCloseable {

    private final EvaluationQueue queue;
    private final EvaluationMeter meter;
    private final EvaluationLoop loop;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Worker(String name, EvaluationQueue queue, CheckpointEvaluator evaluator) {
        this.queue = queue;
        meter = new EvaluationMeter(evaluator);
        loop = new EvaluationLoop(queue, meter);
        thread = new Thread(this::work, name);
    }

    /**
     * @param queue its own end of the queue, closed with it
     */
    public static Worker start(String name, EvaluationQueue queue, CheckpointEvaluator evaluator) {
        var worker = new Worker(name, queue, evaluator);
        worker.thread.start();
        return worker;
    }

    public String name() {
        return thread.getName();
    }

    /** What it has done so far. */
    public EvaluationMeter.Reading reading() {
        return meter.read();
    }

    /** Completes when the worker has ended; exceptionally when the queue failed it. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    private void work() {
        try {
            loop.run();
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e);
        }
    }

    /**
     * Hands an evaluation under way to others at once, and returns when the thread has ended, at the next layer of the
     * model: native memory in use is never closed.
     */
    @Override
    public void close() {
        loop.stop();
        thread.interrupt();
        loop.leave();
        // whatever it ended by; an interrupt of the caller does not shorten this
        ended.handle((nothing, failure) -> nothing).join();
        queue.close();
    }
}
