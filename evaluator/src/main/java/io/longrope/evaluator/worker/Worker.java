package io.longrope.evaluator.worker;

import io.longrope.search.evaluation.WorkLoop;
import io.longrope.search.evaluation.WorkQueue;

import java.util.concurrent.CompletableFuture;

/** A thread that takes evaluations from a queue, measures them and publishes the scores, until it is closed. */
public final class Worker implements AutoCloseable {

    private final WorkQueue queue;
    private final CheckpointEvaluator evaluator;
    private final WorkLoop loop;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Worker(String name, WorkQueue queue, CheckpointEvaluator evaluator) {
        this.queue = queue;
        this.evaluator = evaluator;
        loop = new WorkLoop(queue, evaluator);
        thread = new Thread(this::work, name);
    }

    /**
     * @param queue     its own end of the queue, closed with it
     * @param evaluator its own evaluator, closed with it
     */
    public static Worker start(String name, WorkQueue queue, CheckpointEvaluator evaluator) {
        var worker = new Worker(name, queue, evaluator);
        worker.thread.start();
        return worker;
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
     * Hands an evaluation under way to others after the sample it is at, and returns when the thread has ended: native
     * memory in use is never closed.
     */
    @Override
    public void close() {
        loop.stop();
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        queue.close();
        evaluator.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
