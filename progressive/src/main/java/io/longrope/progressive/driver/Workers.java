package io.longrope.progressive.driver;

import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.worker.CheckpointEvaluator;
import io.longrope.evaluator.worker.Worker;
import io.longrope.search.work.EvaluationQueue;
import io.longrope.search.work.WorkerBoard;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** Worker threads of this process. They share the models in memory, and each takes one evaluation at a time. */
public final class Workers implements AutoCloseable {

    private final List<Worker> workers = new ArrayList<>();
    private final ModelSession session;
    private Optional<WorkerReports> reports = Optional.empty();

    private Workers(ModelSession session) {
        this.session = session;
    }

    /**
     * @param name   what the names of the workers begin with
     * @param models roots of checkpoints
     * @param samples cuts the samples they score
     * @param session holds their models; closed with them
     * @param threads CPU threads inside one operation of each
     * @param join   opens a worker's end of the queue, by its name
     */
    public static Workers start(int count, String name, List<Path> models, SampleSets samples, ModelSession session, int threads,
            InstantSource clock,
                                Function<String, EvaluationQueue> join) {
        var roots = models.stream().map(directory -> Root.of(directory, "--models")).toList();
        var workers = new Workers(session);
        try {
            for (int i = 1; i <= count; i++) {
                var worker = count == 1 ? name : name + "-" + i;
                workers.workers.add(Worker.start(worker, join.apply(worker),
                        new CheckpointEvaluator(worker, roots, samples, session, threads, clock)));
            }
        } catch (RuntimeException e) {
            workers.close();
            throw e;
        }
        return workers;
    }

    /**
     * Has them tell how they are.
     *
     * @param board closed with the workers
     */
    public void report(WorkerBoard board, String queue, WorkerReports.Place place, InstantSource clock) {
        reports = Optional.of(WorkerReports.start(all(), board, queue, place, clock));
    }

    /** What each has done so far. */
    public List<Worker> all() {
        return List.copyOf(workers);
    }

    /** Waits until a worker's queue fails, or the calling thread is interrupted. */
    public void await() throws InterruptedException, ExecutionException {
        CompletableFuture.anyOf(workers.stream().map(Worker::ended).toArray(CompletableFuture[]::new)).get();
    }

    /**
     * Each worker ends after the sample it is at; what it holds goes back to the queue. All at once, for each may wait seconds for a
     * broker that is away.
     */
    @Override
    public void close() {
        var parts = new ArrayList<Runnable>();
        reports.ifPresent(reports -> parts.add(reports::close));
        workers.forEach(worker -> parts.add(worker::close));
        CompletableFuture.allOf(parts.stream().map(part -> CompletableFuture.runAsync(part, Workers::begin))
                .toArray(CompletableFuture[]::new)).join();
        session.close();
    }

    private static void begin(Runnable closing) {
        new Thread(closing, "closing").start();
    }
}
