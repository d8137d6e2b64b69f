package io.longrope.progressive.driver;

import io.longrope.evaluator.worker.Worker;
import io.longrope.search.work.Heartbeat;
import io.longrope.search.work.WorkerBoard;
import io.longrope.search.work.WorkerStatus;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The heartbeats of the workers of this process. */
public final class WorkerReports implements AutoCloseable {

    private static final Duration EVERY = Duration.ofSeconds(5);

    private final WorkerBoard board;
    private final List<Heartbeat> heartbeats = new ArrayList<>();

    private WorkerReports(WorkerBoard board) {
        this.board = board;
    }

    /**
     * Where the workers compute.
     *
     * @param name   such as cpu or gpu:0
     * @param memory asked at each heartbeat
     */
    public record Place(String name, Supplier<Memory> memory) {
    }

    /** Bytes; 0 when unknown. */
    public record Memory(long used, long total) {
    }

    /** @param board closed with the reports */
    public static WorkerReports start(List<Worker> workers, WorkerBoard board, String queue, Place place, InstantSource clock) {
        var reports = new WorkerReports(board);
        workers.forEach(worker -> reports.heartbeats.add(Heartbeat.start(board, () -> status(worker, queue, place, clock), EVERY)));
        return reports;
    }

    /** Takes the workers off the board. */
    @Override
    public void close() {
        heartbeats.forEach(Heartbeat::close);
        board.close();
    }

    private static WorkerStatus status(Worker worker, String queue, Place place, InstantSource clock) {
        var reading = worker.reading();
        var memory = place.memory().get();
        return new WorkerStatus(worker.name(), queue, place.name(), memory.used(), memory.total(), reading.current(), reading.evaluations(),
                reading.tokensPerSecond(), clock.instant());
    }
}
