package io.longrope.progressive.page;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.AttemptLog;
import io.longrope.search.work.WorkerBoard;
import io.longrope.search.work.WorkerStatus;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that pages show, from the job log, the workers' board and the attempts, fetched no more often than it changes. Thread-safe.
 */
public final class LiveJobs implements AutoCloseable {

    private static final Duration STATES_KEPT = Duration.ofSeconds(10);
    private static final Duration WORKERS_KEPT = Duration.ofSeconds(2);
    private static final Duration FIRST_READING = Duration.ofSeconds(5);
    /** Jobs looked at that are followed. */
    private static final int FEEDS = 32;

    private final JobLog log;
    private final AttemptLog attempts;
    private final InstantSource clock;
    private final Cached<List<JobState>> states;
    private final Cached<List<WorkerStatus>> workers;
    private final Map<JobId, JobFeed> feeds = new LinkedHashMap<>(FEEDS, 0.75f, true);
    private final JobLog.Subscription subscription;
    private long changes;
    private boolean closed;

    /** What it is given stays the caller's. */
    public LiveJobs(JobLog log, WorkerBoard board, AttemptLog attempts, InstantSource clock) {
        this.log = log;
        this.attempts = attempts;
        this.clock = clock;
        states = new Cached<>(log::states, clock, STATES_KEPT);
        workers = new Cached<>(board::workers, clock, WORKERS_KEPT);
        subscription = log.follow(this::changed);
    }

    /** Oldest first. */
    List<JobState> states() {
        return states.get();
    }

    /** @throws NotThere when there is no job of that id, whatever a browser took for one */
    JobState state(String id) throws NotThere {
        return states().stream().filter(state -> state.id().value().equals(id)).findFirst().orElseThrow(() -> new NotThere("job " + id));
    }

    List<WorkerStatus> workers() {
        return workers.get();
    }

    /** Newest first. */
    List<Attempt> attempts() {
        return attempts.latest();
    }

    Instant now() {
        return clock.instant();
    }

    JobLog log() {
        return log;
    }

    /** What is told of a job: all that its state contains, unless the log is slow. */
    JobFeed feed(JobState state) throws InterruptedException {
        JobFeed feed;
        synchronized (feeds) {
            feed = feeds.computeIfAbsent(state.id(), job -> new JobFeed(log, job));
            if (feeds.size() > FEEDS) {
                var eldest = feeds.keySet().iterator().next();
                feeds.remove(eldest).close();
            }
        }
        feed.await(state.updated(), FIRST_READING);
        return feed;
    }

    /**
     * Waits until something happens, but not for longer than a time.
     *
     * @param seen what this returned the last time
     * @return how much has happened; negative once this is closed
     */
    synchronized long awaitChange(long seen, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (changes == seen && !closed && left > 0) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
        return closed ? -1 : changes;
    }

    @Override
    public void close() {
        subscription.close();
        synchronized (feeds) {
            feeds.values().forEach(JobFeed::close);
            feeds.clear();
        }
        synchronized (this) {
            closed = true;
            notifyAll();
        }
    }

    private void changed(JobEvent event) {
        states.forget();
        synchronized (this) {
            changes++;
            notifyAll();
        }
    }
}
