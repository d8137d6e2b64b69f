package io.longrope.progressive.driver;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.Result;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.TreeMap;

/** What readers of a stage's results should know of them, counted while they come. Safe for use by many threads. */
final class Caveats {

    private int givenUp;
    private int smallerChunk;

    synchronized void clear() {
        givenUp = 0;
        smallerChunk = 0;
    }

    /** A score task that counts as the worst loss, or ends the stage. */
    synchronized void givenUp() {
        givenUp++;
    }

    synchronized void measured(Result result) {
        if (result.chunk().isPresent()) {
            smallerChunk++;
        }
    }

    /** What to tell of a stage that has ended, from which on counting begins anew; empty where there is nothing to tell. */
    synchronized Optional<JobEvent> take(JobId job, String stage, Instant at) {
        var numbers = new TreeMap<String, Double>();
        var lines = new ArrayList<String>();
        if (givenUp > 0) {
            numbers.put(JobEvent.GIVEN_UP, (double) givenUp);
            lines.add(Plural.of(givenUp, "score task was", "score tasks were") + " given up and counted as the worst loss");
        }
        if (smallerChunk > 0) {
            numbers.put(JobEvent.SMALLER_CHUNK, (double) smallerChunk);
            lines.add(Plural.of(smallerChunk, "result") + " with a smaller chunk, for want of memory");
        }
        clear();
        return lines.isEmpty() ? Optional.empty()
                : Optional.of(JobEvent.ofStage(job, JobEvent.Kind.WARNING, stage, numbers, String.join("; ", lines), at));
    }
}
