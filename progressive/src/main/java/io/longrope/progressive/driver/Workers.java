package io.longrope.progressive.driver;

import io.longrope.evaluator.worker.Worker;
import io.longrope.search.evaluation.WorkQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Worker threads of this process. Each has a decoder of its own and takes one evaluation at a time. */
public final class Workers implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * @param name   what the names of the workers begin with
     * @param models roots of checkpoints
     * @param data   root of texts
     * @param join   opens a worker's end of the queue, by its name
     */
    public static Workers start(int count, String name, List<Path> models, Path data, InstantSource clock, Function<String, WorkQueue> join) {
        var workers = new Workers();
        for (int i = 1; i <= count; i++) {
            var worker = count == 1 ? name : name + "-" + i;
            workers.add(worker, new ManyRoots(worker, models, data, clock), join.apply(worker));
        }
        return workers;
    }

    /** Waits until every worker has ended, which they do when stopped or when their queue fails. */
    public void await() throws InterruptedException {
        for (var thread : threads) {
            thread.join();
        }
    }

    /** Each worker ends after the sample it is at; what it holds goes back to the queue. */
    @Override
    public void close() {
        workers.forEach(Worker::stop);
        boolean interrupted = false;
        for (var thread : threads) {
            interrupted |= joined(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void add(String name, ManyRoots evaluator, WorkQueue queue) {
        var worker = new Worker(name, queue, evaluator);
        var thread = new Thread(() -> work(worker, evaluator, queue), name);
        workers.add(worker);
        threads.add(thread);
        thread.start();
    }

    private static void work(Worker worker, ManyRoots evaluator, WorkQueue queue) {
        try (evaluator; queue) {
            worker.run();
        } catch (RuntimeException e) {
            LOG.error("worker {} ended: {}", Thread.currentThread().getName(), e.getMessage(), e);
        }
    }

    /** Waits even when interrupted: the process must not end below a native call. */
    private static boolean joined(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
