package io.longrope.progressive.driver;

import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.work.Daemons;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Interrupts the thread that runs a job when somebody cancels the job, or when another driver may have it. */
final class Supervision implements AutoCloseable {

    private static final long LOOK_SECONDS = 1;

    private final JobClaims.Claim claim;
    private final Thread runner;
    private final JobLog.Subscription subscription;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(Daemons.named("claim"));
    private boolean cancelled;
    private boolean lost;
    private boolean interrupted;
    private boolean ended;

    private Supervision(JobClaims.Claim claim, Thread runner, JobLog log) {
        this.claim = claim;
        this.runner = runner;
        var id = claim.submission().id();
        subscription = log.follow(event -> hear(id, event));
        cancelled = cancelled || log.state(id).filter(state -> state.phase() == JobState.Phase.CANCELLING).isPresent();
        looks.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** Of the calling thread. */
    static Supervision begin(JobClaims.Claim claim, JobLog log) {
        return new Supervision(claim, Thread.currentThread(), log);
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    synchronized boolean isLost() {
        return lost;
    }

    /**
     * No interrupt of ours comes after this, and one that came too late to end anything is gone.
     *
     * @return whether there was one
     */
    synchronized boolean end() {
        ended = true;
        if (interrupted) {
            Thread.interrupted();
        }
        return interrupted;
    }

    @Override
    public void close() {
        looks.shutdownNow();
        subscription.close();
    }

    private synchronized void hear(JobId id, JobEvent event) {
        if (event.job().equals(id) && event.kind() == JobEvent.Kind.CANCEL_REQUESTED && !cancelled) {
            cancelled = true;
            interrupt();
        }
    }

    private synchronized void look() {
        if (!lost && claim.isLost()) {
            lost = true;
            interrupt();
        }
    }

    private void interrupt() {
        if (!ended) {
            interrupted = true;
            runner.interrupt();
        }
    }
}
