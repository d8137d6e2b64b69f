package io.longrope.progressive.driver;

import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.work.Daemons;

import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Interrupts the thread that runs a job when somebody cancels or pauses the job, or when another driver may have it. */
final class Supervision implements AutoCloseable {

    private static final long LOOK_SECONDS = 1;

    private final JobClaims.Claim claim;
    private final Thread runner;
    private final JobLog.Subscription subscription;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(Daemons.named("claim"));
    private Optional<Wish> wish = Optional.empty();
    private boolean lost;
    private boolean interrupted;
    private boolean ended;

    /** What a person may want of a job that runs. */
    enum Wish {
        PAUSE(JobEvent.Kind.PAUSED, ClaimedJob.End.PAUSED),
        CANCEL(JobEvent.Kind.CANCELLED, ClaimedJob.End.CANCELLED);

        /** What its driver answers with. */
        final JobEvent.Kind answer;
        final ClaimedJob.End end;

        Wish(JobEvent.Kind answer, ClaimedJob.End end) {
            this.answer = answer;
            this.end = end;
        }

        private static Optional<Wish> of(JobEvent.Kind request) {
            return switch (request) {
                case PAUSE_REQUESTED -> Optional.of(PAUSE);
                case CANCEL_REQUESTED -> Optional.of(CANCEL);
                default -> Optional.empty();
            };
        }

        private static Optional<Wish> of(JobState.Phase phase) {
            return switch (phase) {
                case PAUSING, PAUSED -> Optional.of(PAUSE);
                case CANCELLING, CANCELLED -> Optional.of(CANCEL);
                default -> Optional.empty();
            };
        }
    }

    private Supervision(JobClaims.Claim claim, Thread runner, JobLog log) {
        this.claim = claim;
        this.runner = runner;
        var id = claim.submission().id();
        subscription = log.follow(event -> hear(id, event));
        // one that came before the first event heard
        log.state(id).flatMap(state -> Wish.of(state.phase())).ifPresent(this::wish);
        looks.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** Of the calling thread. */
    static Supervision begin(JobClaims.Claim claim, JobLog log) {
        return new Supervision(claim, Thread.currentThread(), log);
    }

    /** What a person wants of the job, if anything. */
    synchronized Optional<Wish> wish() {
        return wish;
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

    private void hear(JobId id, JobEvent event) {
        if (event.job().equals(id)) {
            Wish.of(event.kind()).ifPresent(this::wish);
        }
    }

    /** A job once cancelled is not paused any more. */
    private synchronized void wish(Wish wanted) {
        if (wish.isEmpty()) {
            interrupt();
        }
        wish = wish.filter(Wish.CANCEL::equals).or(() -> Optional.of(wanted));
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
