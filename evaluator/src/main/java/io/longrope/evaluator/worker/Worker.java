package io.longrope.evaluator.worker;

import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.TaskMeter;
import io.longrope.search.work.TaskRunner;
import io.longrope.search.work.WorkQueue;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A thread that takes tasks from its queues, does them and publishes what came of them, until it is closed. */
public final class Worker implements AutoCloseable {

    private final WorkQueue queue;
    private final TaskMeter meter = new TaskMeter();
    private final TaskLoop loop;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Worker(WorkQueue queue, TaskRunner runner, TaskLoop.Habits habits, InstantSource clock) {
        this.queue = queue;
        loop = new TaskLoop(queue, runner, meter, habits, clock);
        thread = new Thread(this::work, queue.worker());
    }

    /** @param queue its own end of the queues, closed with it */
    public static Worker start(WorkQueue queue, TaskRunner runner, TaskLoop.Habits habits, InstantSource clock) {
        var worker = new Worker(queue, runner, habits, clock);
        worker.thread.start();
        return worker;
    }

    /** The instance that joined the queues. */
    public String name() {
        return queue.worker();
    }

    /** What it has done so far. */
    public TaskMeter.Reading reading() {
        return meter.read();
    }

    /** Completes when the worker has ended; exceptionally when the queue failed it, or an {@link Error} did. */
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

    /** All at once, for each may wait seconds for a broker that is away. */
    public static void closeAll(List<Worker> workers) {
        CompletableFuture.allOf(workers.stream()
                .map(worker -> CompletableFuture.runAsync(worker::close, closing -> new Thread(closing, "closing").start()))
                .toArray(CompletableFuture[]::new)).join();
    }

    /**
     * Hands score tasks under way to others at once, and returns when the thread has ended, at the next layer of the model: native
     * memory in use is never closed. Training saves what it has done first.
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
