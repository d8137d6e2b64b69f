package io.longrope.progressive.driver;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.work.Daemons;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.Waiting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * Tells in the log and by an event that a job waits for a worker that can do its tasks, and that it goes on. On a thread of its own, for
 * a ledger must not be held up.
 */
public final class Waits implements WaitListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Waits.class);

    private final JobId job;
    private final JobLog log;
    private final InstantSource clock;
    /** Of the thread that runs the job. */
    private final Map<String, String> context = Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Daemons.named("waits"));

    public Waits(JobId job, JobLog log, InstantSource clock) {
        this.job = job;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void waits(Waiting waiting) {
        pass("waiting: " + waiting.line(), JobEvent.waits(job, waiting, clock.instant()));
    }

    @Override
    public void goesOn() {
        pass("goes on", JobEvent.of(job, JobEvent.Kind.GOES_ON, "", clock.instant()));
    }

    /** Runs the job. What no longer waits when it has ended does not go on, so that is not told. */
    public void during(ClaimedJob.Work work) throws IOException, InterruptedException {
        try {
            work.run();
        } finally {
            close();
        }
    }

    /** What is still to be told is told, and nothing after it. */
    @Override
    public void close() {
        thread.shutdown();
    }

    private void pass(String line, JobEvent event) {
        try {
            thread.execute(() -> tell(line, event));
        } catch (RejectedExecutionException e) {
            LOG.debug("too late to tell: {}", line);
        }
    }

    private void tell(String line, JobEvent event) {
        MDC.setContextMap(context);
        LOG.info("{}", line);
        try {
            log.publish(event);
        } catch (RuntimeException e) {
            // what people see is no reason to end a job
            LOG.warn("cannot tell others that the job waits or goes on: {}", e.getMessage());
        }
    }
}
