package io.longrope.progressive.driver;

import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Claims one job and no other. */
public final class OwnClaim {

    /** A driver that was cut off keeps its claim until a lock expires, after 30 seconds where nobody changed that. */
    private static final Duration LONGER_THAN_A_LOCK = Duration.ofSeconds(45);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long PAUSE_MILLIS = 500;

    private OwnClaim() {
    }

    /** Empty when another driver has the job. */
    public static Optional<JobClaims.Claim> of(JobId job, JobClaims claims, JobLog log) throws InterruptedException {
        return of(job, claims, log, LONGER_THAN_A_LOCK);
    }

    static Optional<JobClaims.Claim> of(JobId job, JobClaims claims, JobLog log, Duration patience) throws InterruptedException {
        var startedElsewhere = new AtomicBoolean();
        long deadline = System.nanoTime() + patience.toNanos();
        try (var subscription = log.follow(event -> {
            if (event.job().equals(job) && event.kind() == JobEvent.Kind.STARTED) {
                startedElsewhere.set(true);
            }
        })) {
            while (!startedElsewhere.get() && System.nanoTime() < deadline) {
                var claim = claims.claim(PATIENCE);
                if (claim.isEmpty()) {
                    continue;
                }
                if (claim.get().submission().id().equals(job)) {
                    return claim;
                }
                claim.get().release();
                // for the drivers it is meant for
                Thread.sleep(PAUSE_MILLIS);
            }
            return Optional.empty();
        }
    }
}
