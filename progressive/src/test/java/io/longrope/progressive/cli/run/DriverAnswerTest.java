package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.report.Quantities;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Waiting;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;

import static org.assertj.core.api.Assertions.assertThat;

class DriverAnswerTest {

    private static final JobId JOB = new JobId("job");
    private static final JobEvent SUBMITTED = event(JobEvent.Kind.SUBMITTED, "name");
    private static final JobEvent STARTED = event(JobEvent.Kind.STARTED, "d1");

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private Optional<JobState> state = Optional.empty();

    @Test
    void whatIsNotTakenOrNotCheckedYetIsTold() throws Exception {
        assertThat(verdict(SUBMITTED)).isZero();
        assertThat(told()).isEqualTo("no driver has taken it since it was submitted at " + Quantities.timeOfDay(Instant.EPOCH)
                + ": none runs; ./longrope watch job tells how it goes\n");
        assertThat(verdict(SUBMITTED, STARTED)).isZero();
        assertThat(told()).endsWith("driver d1 has checked it since " + Quantities.timeOfDay(Instant.EPOCH)
                + ": workers look; ./longrope watch job tells how it goes\n");
    }

    @Test
    void aWaitIsToldOfOnce() throws Exception {
        assertThat(verdict(Duration.ofMillis(1), Duration.ofSeconds(1), SUBMITTED, STARTED)).isZero();
        assertThat(told().lines()).satisfiesExactly(
                line -> assertThat(line).isEqualTo("waits up to 1 second for the driver that checks it; the job stays in the queue when"
                        + " this ends"),
                line -> assertThat(line).startsWith("driver d1 has checked it since"));
    }

    @Test
    void aPlanIsRefusedWithEverythingThatIsWrong() throws Exception {
        var wrong = new BadInput(List.of(new Problem("a", "must be", "b", ""), new Problem("c", "must be", "d", "")));
        assertThat(verdict(SUBMITTED, STARTED, JobEvent.failed(JOB, wrong, Instant.EPOCH))).isEqualTo(2);
        assertThat(told()).isEqualTo("a must be, but was b\nc must be, but was d\n");
    }

    @Test
    void aJobThatBeganIsTold() throws Exception {
        var stage = new JobEvent(JOB, JobEvent.Kind.STAGE_STARTED, "search-64", 0, Map.of(), "", Optional.empty(), List.of(),
                List.of(), Instant.EPOCH);
        assertThat(verdict(SUBMITTED, STARTED, stage)).isZero();
        assertThat(told()).isEqualTo("checked and running on driver d1, stage search-64\n");
    }

    @Test
    void whatIsRemarkedBeforeItRunsIsTold() throws Exception {
        assertThat(verdict(SUBMITTED, STARTED, event(JobEvent.Kind.WARNING, "41 of 80 layers are read"),
                JobEvent.ofStage(JOB, JobEvent.Kind.STAGE_STARTED, "s", Map.of(), "", Instant.EPOCH))).isZero();
        assertThat(told()).isEqualTo("41 of 80 layers are read\nchecked and running on driver d1, stage s\n");
    }

    @Test
    void aJobThatWaitsIsToldWithTheWayOut() throws Exception {
        var waiting = new Waiting(TaskClass.SCORE, "look at model m", Map.of("w", "m must exist"), 0);
        assertThat(verdict(SUBMITTED, STARTED, JobEvent.waits(JOB, waiting, Instant.EPOCH))).isZero();
        assertThat(told()).isEqualTo("waiting: " + waiting.line() + "\nit goes on by itself when a worker comes that can; "
                + "./longrope cancel job ends it\n");
    }

    /** Its event may come late. */
    @Test
    void aDriverThatTookItIsKnownByTheJobsState() throws Exception {
        state = Optional.of(new JobState(JOB, "name", JobState.Phase.QUEUED, "", "", 0, Map.of(), "", Optional.empty(), List.of(),
                Instant.EPOCH, Instant.EPOCH));
        assertThat(verdict(SUBMITTED)).isZero();
        state = state.map(queued -> queued.after(STARTED));
        assertThat(verdict(SUBMITTED)).isZero();
        assertThat(told().lines()).satisfiesExactly(line -> assertThat(line).startsWith("no driver has taken it"),
                line -> assertThat(line).startsWith("driver d1 has checked it since " + Quantities.timeOfDay(Instant.EPOCH)));
    }

    @Test
    void aJobEndedByOthersHasTheirCode() throws Exception {
        assertThat(verdict(SUBMITTED, STARTED, event(JobEvent.Kind.CANCEL_REQUESTED, ""), event(JobEvent.Kind.CANCELLED, "")))
                .isEqualTo(3);
        assertThat(verdict(JobEvent.incomplete(JOB, "search", List.of("score given up"), Instant.EPOCH))).isEqualTo(1);
        assertThat(told()).isEqualTo("cancelled\nscore given up\n");
    }

    private int verdict(JobEvent... events) throws InterruptedException {
        return verdict(Duration.ofMillis(1), Duration.ofMillis(1), events);
    }

    private int verdict(Duration quiet, Duration patience, JobEvent... events) throws InterruptedException {
        return new DriverAnswer(new Terminal(told, 0), Instant.EPOCH, "./longrope watch job", "./longrope cancel job",
                () -> state, () -> "none runs", () -> "workers look").await(new LinkedBlockingQueue<>(List.of(events)), patience, quiet);
    }

    private String told() {
        return told.toString(StandardCharsets.UTF_8);
    }

    private static JobEvent event(JobEvent.Kind kind, String message) {
        return JobEvent.of(JOB, kind, message, Instant.EPOCH);
    }
}
