package io.longrope.progressive.driver;

import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobLog;
import io.longrope.search.work.Tasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.Locale;

/** Runs a job for as long as its claim is held and nobody cancels or pauses it. */
public final class ClaimedJob {

    private static final Logger LOG = LoggerFactory.getLogger(ClaimedJob.class);

    private ClaimedJob() {
    }

    /** How it ended for this process. */
    public enum End {
        /** Nobody need run it again. */
        SETTLED,
        CANCELLED,
        /** Put aside until somebody resumes it. */
        PAUSED,
        /** Another driver may have it. */
        LOST
    }

    /** The job itself. */
    @FunctionalInterface
    public interface Work {

        /** @throws InterruptedException when the thread was interrupted */
        void run() throws IOException, InterruptedException;
    }

    /**
     * Runs a job on the calling thread and settles its claim.
     *
     * @throws InterruptedException when somebody else interrupted the thread; another driver continues the job
     */
    public static End run(JobClaims.Claim claim, Tasks tasks, JobLog log, InstantSource clock, Work work)
            throws IOException, InterruptedException {
        var deviceTime = DeviceTime.of(claim.submission().id(), log, tasks);
        try (var supervision = Supervision.begin(claim, log)) {
            try {
                if (supervision.wish().isEmpty()) {
                    work.run();
                }
            } catch (InterruptedException e) {
                if (!supervision.end()) {
                    claim.release();
                    throw e;
                }
            } catch (IOException | RuntimeException e) {
                boolean interrupted = Interrupts.endedWork(e);
                if (!supervision.end()) {
                    if (interrupted) {
                        claim.release();
                        throw Interrupts.of(e);
                    }
                    claim.finish();
                    throw e;
                }
            }
            supervision.end();
            return settle(supervision, claim, tasks, log, event -> log.publish(deviceTime.on(event)), clock);
        }
    }

    private static End settle(Supervision supervision, JobClaims.Claim claim, Tasks tasks, JobLog log, Consumer<JobEvent> tell,
                              InstantSource clock) {
        var id = claim.submission().id();
        if (supervision.isLost()) {
            LOG.warn("job {} left to others: the broker no longer takes it for ours", id);
            return End.LOST;
        }
        var wish = supervision.wish();
        if (wish.isPresent()) {
            var answer = wish.get().answer;
            tasks.withdrawUnanswered();
            // the request may have come when the job had just ended
            if (log.state(id).filter(state -> !state.phase().hasEnded()).isPresent()) {
                LOG.info("job {} {}", id, answer.name().toLowerCase(Locale.ROOT));
                tell.accept(JobEvent.of(id, answer, "", clock.instant()));
            }
        }
        claim.finish();
        return wish.map(one -> one.end).orElse(End.SETTLED);
    }
}
