package io.longrope.search.work;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Reports a worker's status at once and then at a fixed pace; takes it off the board when closed. */
public final class Heartbeat implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final WorkerBoard board;
    private final Supplier<WorkerStatus> status;
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(Daemons.named("heartbeat"));

    private Heartbeat(WorkerBoard board, Supplier<WorkerStatus> status) {
        this.board = board;
        this.status = status;
    }

    /** @param board stays the caller's */
    public static Heartbeat start(WorkerBoard board, Supplier<WorkerStatus> status, Duration every) {
        var heartbeat = new Heartbeat(board, status);
        heartbeat.beats.scheduleWithFixedDelay(heartbeat::beat, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        return heartbeat;
    }

    @Override
    public void close() {
        beats.shutdownNow();
        try {
            beats.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        attempt(() -> board.leave(status.get()));
    }

    private void beat() {
        attempt(() -> board.report(status.get()));
    }

    /** A worker without a heartbeat still works. */
    private static void attempt(Runnable report) {
        try {
            report.run();
        } catch (RuntimeException e) {
            LOG.warn("cannot report a worker's status: {}", e.getMessage());
        }
    }
}
