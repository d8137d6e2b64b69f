package io.longrope.progressive.driver;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** What readers of a stage's results should know of them, counted while they come. Safe for use by many threads. */
final class Caveats {

    private final AtomicInteger givenUp = new AtomicInteger();

    void clear() {
        givenUp.set(0);
    }

    /** A score task that counts as the worst loss, or ends the stage. */
    void givenUp() {
        givenUp.incrementAndGet();
    }

    /** What to tell of a stage that has ended, from which on counting begins anew; empty where there is nothing to tell. */
    Optional<JobEvent> take(JobId job, String stage, Instant at) {
        int count = givenUp.getAndSet(0);
        return count == 0 ? Optional.empty()
                : Optional.of(JobEvent.ofStage(job, JobEvent.Kind.WARNING, stage, Map.of(JobEvent.GIVEN_UP, (double) count),
                (count == 1 ? "1 score task was" : count + " score tasks were") + " given up and counted as the worst loss", at));
    }
}
