package io.longrope.progressive.report;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.json.Json;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Waiting;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class JobTableTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final JobId JOB = new JobId("job");
    private static final JobState RUNNING = JobState.queued(JOB, "tiny", NOON).after(JobEvent.of(JOB, JobEvent.Kind.STARTED, "d", NOON));

    @Test
    void jobThatWaitsSaysWhatEachWorkerSays() {
        var waiting = new Waiting(TaskClass.TRAIN, "training of 400 steps", Map.of("b", "needs 21 GiB, has 8 GiB", "a", "no such text"), 2);
        var table = table(RUNNING.after(JobEvent.waits(JOB, waiting, NOON)));
        assertThat(table.table().rows().get(0)).startsWith("job", "tiny", "waiting");
        assertThat(table.troubles()).containsExactly(
                "job · waiting: training of 400 steps: a says no such text; b says needs 21 GiB, has 8 GiB; and 2 more");
        var json = Json.mapper().valueToTree(table.tree().get(0)).path("waiting");
        assertThat(json.path("taskClass").asText()).isEqualTo("train");
        assertThat(json.path("reasons").path("a").asText()).isEqualTo("no such text");
    }

    @Test
    void incompleteJobSaysWhatWasGivenUp() {
        var table = table(RUNNING.after(JobEvent.incomplete(JOB, "search", List.of("one: lost", "other: broken"), NOON)));
        assertThat(table.table().rows().get(0)).startsWith("job", "tiny", "incomplete");
        assertThat(table.troubles()).containsExactly("job · incomplete: one: lost", "job · incomplete: other: broken");
    }

    @Test
    void jobThatGoesWellSaysNothingBelow() {
        assertThat(table(RUNNING).troubles()).isEmpty();
    }

    @Test
    void priorityAndDeviceHoursAreToldWhereThereAreAny() {
        var table = table(RUNNING);
        assertThat(table.table().headers()).endsWith("workers", "device h");
        assertThat(table.table().rows().get(0)).contains("running").endsWith("");
        var paid = JobEvent.of(JOB, JobEvent.Kind.GENERATION, "", NOON).with(JobEvent.DEVICE_SECONDS, 9000)
                .with(JobEvent.PRIORITY, 4);
        var state = RUNNING.after(paid).after(JobEvent.ofStage(JOB, JobEvent.Kind.STAGE_STARTED, "next", Map.of(), "", NOON));
        assertThat(table(state).table().rows().get(0)).contains("running, priority 4").endsWith("2.50");
        assertThat(table(state).tree().get(0)).containsEntry("priority", 4).containsEntry("deviceSeconds", 9000.0);
    }

    private static JobTable table(JobState state) {
        return new JobTable(List.of(state), NOON);
    }
}
