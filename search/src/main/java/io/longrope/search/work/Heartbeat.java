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
    /** Set once the worker is about to end. */
    private volatile boolean leaving;
    private boolean failed;
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

    /**
     * Says at once, and with each status from now on, that the worker is about to end: what it has in hand may take a while, and at the end
     * of that the board may be out of reach.
     */
    public void leave() {
        leaving = true;
        beats.execute(this::beat);
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
        attempt(() -> board.report(leaving ? status.get().leaving() : status.get()));
    }

    /** A worker without a heartbeat still works. */
    private synchronized void attempt(Runnable report) {
        try {
            report.run();
            if (failed) {
                LOG.info("others see again how the worker is");
            }
            failed = false;
        } catch (RuntimeException e) {
            if (!failed && !leaving) {
                LOG.warn("others do not see how the worker is, which works on and tells it when it can: {}", e.getMessage());
            }
            LOG.debug("no heartbeat", e);
            failed = true;
        }
    }
}
