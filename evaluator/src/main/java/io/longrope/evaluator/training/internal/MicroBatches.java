package io.longrope.evaluator.training.internal;

import ai.djl.pytorch.engine.PtNDArray;

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
 * there are threads. Native code cannot be stopped, and must not outlive its tensors: an interrupt waits, and after a
 * failure those under way are waited for.
 */
final class MicroBatches implements Iterable<PtNDArray[]> {

    private final ExecutorService threads;
    private final int parallel;
    private final int count;
    private final IntFunction<PtNDArray[]> work;

    MicroBatches(ExecutorService threads, int parallel, int count, IntFunction<PtNDArray[]> work) {
        this.threads = threads;
        this.parallel = parallel;
        this.count = count;
        this.work = work;
    }

    @Override
    public Iterator<PtNDArray[]> iterator() {
        return new Iterator<>() {
            private final Deque<Future<PtNDArray[]>> running = new ArrayDeque<>();
            private int begun;
            private int ended;

            @Override
            public boolean hasNext() {
                return ended < count;
            }

            @Override
            public PtNDArray[] next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                for (; begun < Math.min(count, ended + parallel); begun++) {
                    int index = begun;
                    running.add(threads.submit(() -> work.apply(index)));
                }
                try {
                    var result = await(running.remove());
                    ended++;
                    return result;
                } catch (ExecutionException e) {
                    running.forEach(MicroBatches::settle);
                    throw e.getCause() instanceof RuntimeException failure ? failure
                            : new IllegalStateException("a micro-batch failed", e.getCause());
                }
            }
        };
    }

    private static void settle(Future<PtNDArray[]> future) {
        try {
            await(future);
        } catch (ExecutionException e) {
            // the first failure is the one told of
        }
    }

    private static PtNDArray[] await(Future<PtNDArray[]> future) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
