package io.longrope.progressive.driver;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.TaskId;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;

class CaveatsTest {

    private static final JobId JOB = new JobId("job");

    private final Caveats caveats = new Caveats();

    @Test
    void aStageTellsOnceWhatIsToBeKnownOfItsResults() {
        measured(OptionalInt.empty());
        assertThat(caveats.take(JOB, "one", Instant.EPOCH)).isEmpty();
        measured(OptionalInt.of(64));
        measured(OptionalInt.of(128));
        caveats.givenUp();
        var event = caveats.take(JOB, "two", Instant.EPOCH).orElseThrow();
        assertThat(event.stage()).isEqualTo("two");
        assertThat(event.numbers()).isEqualTo(Map.of(JobEvent.GIVEN_UP, 1.0, JobEvent.SMALLER_CHUNK, 2.0));
        assertThat(event.message())
                .isEqualTo("1 score task was given up and counted as the worst loss; 2 results with a smaller chunk, for want of memory");
        assertThat(caveats.take(JOB, "three", Instant.EPOCH)).isEmpty();
    }

    private void measured(OptionalInt chunk) {
        caveats.measured(new Result(new TaskId("ab".repeat(32)), new Outcome.Loss(1), 64, 1, "w", "cpu", chunk));
    }
}
