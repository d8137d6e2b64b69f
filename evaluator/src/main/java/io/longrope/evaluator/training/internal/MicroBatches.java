package io.longrope.evaluator.training.internal;

import io.longrope.search.work.Uninterrupted;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * The results of a step's micro-batches in their order, computed beside each other but never more at a time, or ahead, than
 * there are threads. Native code cannot be stopped, and must not outlive its tensors: an interrupt waits, and closing waits for
 * those under way, whether one of them failed or who takes the results did.
 *
 * @param <T> what one micro-batch comes to
 */
final class MicroBatches<T> implements Iterator<T>, AutoCloseable {

    private final ExecutorService threads;
    private final int parallel;
    private final int count;
    private final IntFunction<T> work;
    private final Deque<Future<T>> running = new ArrayDeque<>();
    private int begun;
    private int ended;

    /** @param work of the micro-batch with an index from 0 */
    MicroBatches(ExecutorService threads, int parallel, int count, IntFunction<T> work) {
        this.threads = threads;
        this.parallel = parallel;
        this.count = count;
        this.work = work;
    }

    @Override
    public boolean hasNext() {
        return ended < count;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        for (; begun < Math.min(count, ended + parallel); begun++) {
            int index = begun;
            running.add(threads.submit(() -> work.apply(index)));
        }
        try {
            var result = Uninterrupted.get(running.remove());
            ended++;
            return result;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure
                    : new IllegalStateException("a micro-batch failed", e.getCause());
        }
    }

    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                Uninterrupted.get(running.remove());
            } catch (ExecutionException e) {
                // the first failure is the one told of
            }
        }
    }
}
