package io.longrope.progressive.driver;

import io.longrope.progressive.report.JobTable;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** What others see of a fine-tune while it runs. */
class TrainingProgressTest {

    private static final JobId JOB = new JobId("job");

    private final List<JobEvent> events = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final JobReporter reporter = new JobReporter(JOB, events::add, () -> now, text -> { });

    @Test
    void stepsAndTimeLeftAreTold() {
        reporter.trainingStarted("fine-tune-1k", 10);
        assertThat(row()).contains("fine-tune-1k 0/10");
        train(1, 4);
        assertThat(row()).contains("fine-tune-1k 4/10", "01:00");
    }

    /** Steps found done took no time, and say nothing of how long the others take. */
    @Test
    void timeLeftOfAResumedFineTuneIsThatOfTheStepsMadeNow() {
        reporter.trainingStarted("fine-tune-1k", 10);
        train(7, 8);
        assertThat(row()).contains("fine-tune-1k 8/10", "00:20");
    }

    private void train(int first, int last) {
        for (int step = first; step <= last; step++) {
            now = now.plus(Duration.ofSeconds(10));
            reporter.trained("fine-tune-1k", step, 10, 2.5);
        }
    }

    private List<String> row() {
        var state = JobState.queued(JOB, "", now);
        for (var event : events) {
            state = state.after(event);
        }
        return new JobTable(List.of(state), now).table().rows().get(0);
    }
}
