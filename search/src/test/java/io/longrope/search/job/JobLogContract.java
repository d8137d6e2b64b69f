package io.longrope.search.job;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every job log keeps to. */
public abstract class JobLogContract {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final JobId JOB = new JobId("job-1");
    private static final JobId OTHER = new JobId("job-2");

    private final List<AutoCloseable> opened = new ArrayList<>();

    /** The log of this test; opened again it shows the same jobs and events. */
    protected abstract JobLog openLog();

    private JobLog log() {
        var log = openLog();
        opened.add(log);
        return log;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var resource : opened) {
            resource.close();
        }
    }

    private static JobSubmission submission(JobId id, String plan) {
        return new JobSubmission(id, plan, NOON);
    }

    private static JobState queued(JobId id) {
        return queued(id, "");
    }

    private static JobState queued(JobId id, String name) {
        return JobState.queued(id, name, NOON);
    }

    /** A log may have a clock of its own by which it dates what it is told; what is said of a job beside that is the same in all. */
    private static JobState atNoon(JobState state) {
        return new JobState(state.id(), state.name(), state.phase(), state.driver(), state.stage(), state.generation(), state.numbers(),
                state.message(), state.waiting(), state.reasons(), NOON, NOON);
    }

    private static List<JobState> atNoon(JobLog log) {
        return log.states().stream().map(JobLogContract::atNoon).toList();
    }

    private static Optional<JobState> atNoon(JobLog log, JobId job) {
        return log.state(job).map(JobLogContract::atNoon);
    }

    private static JobEvent generation(int number, double best) {
        return JobEvent.ofGeneration(JOB, "search-4x", number, Map.of(JobEvent.BEST, best), "", NOON);
    }

    @Test
    void submittedJobIsSeenByAllUnderItsName() {
        var log = log();
        log.submit(submission(JOB, "{\"name\":\"tiny\",\"seed\":1}"));
        for (var reader : List.of(log, log())) {
            assertThat(atNoon(reader)).containsExactly(queued(JOB, "tiny"));
            assertThat(reader.state(OTHER)).isEmpty();
        }
    }

    @Test
    void jobsAreListedOldestFirst() {
        var log = log();
        for (var number : List.of("7", "3", "5", "1")) {
            log.submit(submission(new JobId("job-" + number), "{}"));
        }
        log.publish(JobEvent.of(new JobId("job-7"), JobEvent.Kind.STARTED, "driver-a", NOON));
        log.submit(submission(new JobId("job-7"), "{}"));
        for (var reader : List.of(log, log())) {
            assertThat(reader.states()).extracting(state -> state.id().value()).containsExactly("job-7", "job-3", "job-5", "job-1");
            assertThat(reader.state(new JobId("job-7")).orElseThrow().phase()).isEqualTo(JobState.Phase.RUNNING);
        }
    }

    @Test
    void eventsFoldIntoTheState() throws Exception {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.submit(submission(OTHER, "{}"));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.STARTED, "driver-a", NOON));
        log.publish(JobEvent.ofStage(JOB, JobEvent.Kind.STAGE_STARTED, "search-4x",
                Map.of(JobEvent.EVALUATIONS_PLANNED, 64.0, JobEvent.EVALUATIONS_DONE, 0.0), "", NOON));
        log.publish(generation(1, 20));
        var heard = new LinkedBlockingQueue<JobEvent>();
        opened.add(log.follow(heard::add));
        log.publish(generation(2, Double.POSITIVE_INFINITY));
        var state = log.state(JOB).orElseThrow();
        assertThat(state.phase()).isEqualTo(JobState.Phase.RUNNING);
        assertThat(state.driver()).isEqualTo("driver-a");
        assertThat(state.stage()).isEqualTo("search-4x");
        assertThat(state.generation()).isEqualTo(2);
        assertThat(state.numbers()).containsEntry(JobEvent.BEST, Double.POSITIVE_INFINITY)
                .containsEntry(JobEvent.EVALUATIONS_PLANNED, 64.0);
        assertThat(state.updated()).isEqualTo(next(heard).at());
        assertThat(atNoon(log, OTHER)).contains(queued(OTHER));
    }

    @Test
    void priorityStaysThroughStagesAndSubmissions() {
        var log = log();
        log.submit(submission(JOB, "{}"), OptionalInt.of(3));
        log.publish(JobEvent.ofStage(JOB, JobEvent.Kind.STAGE_STARTED, "search-4x", Map.of(JobEvent.EVALUATIONS_DONE, 0.0), "", NOON));
        log.publish(generation(1, 20));
        for (var reader : List.of(log, log())) {
            assertThat(reader.state(JOB).orElseThrow().priority()).isEqualTo(3);
        }
        log.publish(JobEvent.of(JOB, JobEvent.Kind.PAUSED, "", NOON));
        log.resume(JOB, NOON);
        var resumed = log.state(JOB).orElseThrow();
        assertThat(resumed.priority()).isEqualTo(3);
        assertThat(resumed.numbers()).as("those of a stage are gone").containsOnlyKeys(JobEvent.PRIORITY);
        log.publish(JobEvent.of(JOB, JobEvent.Kind.PAUSED, "", NOON));
        log.submit(submission(JOB, "{}"), OptionalInt.of(1));
        assertThat(log.state(JOB).orElseThrow().priority()).isEqualTo(1);
        log.submit(submission(OTHER, "{}"));
        assertThat(log.state(OTHER).orElseThrow().priority()).isEqualTo(1);
        assertThatThrownBy(() -> log.submit(submission(new JobId("job-3"), "{}"), OptionalInt.of(17))).isInstanceOf(BadInput.class)
                .hasMessageContaining("priority must be 1 to 16");
    }

    @Test
    void followersHearEveryEventInOrder() throws Exception {
        var log = log();
        log.submit(submission(OTHER, "{}"));
        log.submit(submission(JOB, "{}"));
        log.publish(generation(1, 20));
        var all = new LinkedBlockingQueue<JobEvent>();
        var fresh = new LinkedBlockingQueue<JobEvent>();
        opened.add(log.follow(JOB, all::add));
        var fromNow = log.follow(fresh::add);
        log.publish(generation(2, 19));
        log.publish(generation(3, 18));
        assertThat(next(fresh).heardAt(NOON)).isEqualTo(generation(2, 19));
        assertThat(next(fresh).heardAt(NOON)).isEqualTo(generation(3, 18));
        assertThat(next(all).kind()).isEqualTo(JobEvent.Kind.SUBMITTED);
        for (int i = 1; i <= 3; i++) {
            assertThat(next(all).heardAt(NOON)).isEqualTo(generation(i, 21 - i));
        }
        fromNow.close();
        log.publish(generation(4, 17));
        assertThat(fresh.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void whoFollowsAJobHearsNothingOfOthers() throws Exception {
        var log = log();
        log.submit(submission(OTHER, "{}"));
        log.submit(submission(JOB, "{}"));
        var heard = new LinkedBlockingQueue<JobEvent>();
        var later = new LinkedBlockingQueue<JobEvent>();
        var unknown = new JobId("job-3");
        opened.add(log.follow(JOB, heard::add));
        opened.add(log.follow(unknown, later::add));
        log.cancel(OTHER, NOON);
        log.submit(submission(unknown, "{}"));
        log.publish(generation(1, 20));
        assertThat(next(heard).kind()).isEqualTo(JobEvent.Kind.SUBMITTED);
        assertThat(next(heard).heardAt(NOON)).isEqualTo(generation(1, 20));
        assertThat(next(later).job()).isEqualTo(unknown);
    }

    @Test
    void jobThatWaitsSaysWhatForUntilItGoesOn() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.STARTED, "driver-a", NOON));
        var waiting = new Waiting(TaskClass.TRAIN, "training of 400 steps", Map.of("a", "no such text", "b", "needs 21 GiB, has 8 GiB"), 0);
        log.publish(JobEvent.waits(JOB, waiting, NOON));
        log.publish(generation(1, 20));
        for (var reader : List.of(log, log())) {
            var state = reader.state(JOB).orElseThrow();
            assertThat(state.phase()).isEqualTo(JobState.Phase.WAITING);
            assertThat(state.waiting()).contains(waiting);
            assertThat(state.generation()).isEqualTo(1);
        }
        log.publish(JobEvent.of(JOB, JobEvent.Kind.GOES_ON, "", NOON));
        assertThat(log().state(JOB).orElseThrow()).satisfies(state -> {
            assertThat(state.phase()).isEqualTo(JobState.Phase.RUNNING);
            assertThat(state.waiting()).isEmpty();
        });
    }

    @Test
    void driverThatTakesAWaitingJobOverFindsOutAnew() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.publish(JobEvent.waits(JOB, new Waiting(TaskClass.SCORE, "a score", Map.of("a", "no such model"), 0), NOON));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.STARTED, "driver-b", NOON));
        assertThat(log.state(JOB).orElseThrow().waiting()).isEmpty();
        assertThat(log.state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.RUNNING);
    }

    @Test
    void waitingJobCanBeCancelled() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        var waiting = new Waiting(TaskClass.SCORE, "a score", Map.of("a", "no such model"), 0);
        log.publish(JobEvent.waits(JOB, waiting, NOON));
        log.cancel(JOB, NOON);
        log.publish(JobEvent.waits(JOB, waiting, NOON));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.GOES_ON, "", NOON));
        assertThat(log.state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.CANCELLING);
    }

    @Test
    void incompleteJobTellsWhatWasGivenUpAndGoesOnWhenSubmittedAgain() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.publish(JobEvent.incomplete(JOB, "search-4x", List.of("score of 64 tokens given up after 3 deliveries: lost"), NOON));
        for (var reader : List.of(log, log())) {
            var state = reader.state(JOB).orElseThrow();
            assertThat(state.phase()).isEqualTo(JobState.Phase.INCOMPLETE);
            assertThat(state.phase().hasEnded()).isTrue();
            assertThat(state.stage()).isEqualTo("search-4x");
            assertThat(state.message()).isEqualTo("1 task was given up");
            assertThat(state.reasons()).containsExactly("score of 64 tokens given up after 3 deliveries: lost");
        }
        log.submit(submission(JOB, "{}"));
        assertThat(atNoon(log, JOB)).contains(queued(JOB));
    }

    @Test
    void ofManyTasksGivenUpTheFirstAreNamedBriefly() {
        var event = JobEvent.incomplete(JOB, "search-4x", IntStream.range(0, 1000).mapToObj(i -> "t".repeat(10_000)).toList(), NOON);
        assertThat(event.message()).isEqualTo("1000 tasks were given up");
        assertThat(event.reasons()).hasSizeLessThan(100).allSatisfy(line -> assertThat(line).hasSizeLessThan(1000));
    }

    @Test
    void pausedJobGoesOnWhenSubmittedAgain() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.STARTED, "driver-a", NOON));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.PAUSED, "", NOON));
        assertThat(log().state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.PAUSED);
        log.submit(submission(JOB, "{}"));
        assertThat(atNoon(log, JOB)).contains(queued(JOB));
    }

    @Test
    void runningJobIsPausedByItsDriverAndGoesOnWhenResumed() {
        var log = log();
        log.submit(submission(JOB, "{\"seed\":1}"));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.STARTED, "driver-a", NOON));
        log.pause(JOB, NOON);
        log.publish(generation(1, 20));
        assertThat(log().state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.PAUSING);
        assertThatThrownBy(() -> log.resume(JOB, NOON)).isInstanceOf(BadInput.class)
                .hasMessage("job job-1 must be paused, but was pausing");
        assertThatThrownBy(() -> log.delete(JOB, NOON)).isInstanceOf(BadInput.class);
        log.publish(JobEvent.of(JOB, JobEvent.Kind.PAUSED, "", NOON));
        assertThat(log().state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.PAUSED);
        assertThatThrownBy(() -> log.cancel(JOB, NOON)).isInstanceOf(BadInput.class)
                .hasMessage("job job-1 must still be queued or running, but was paused");
        // somebody else, who has no plan at hand
        log().resume(JOB, NOON);
        assertThat(atNoon(log(), JOB)).contains(queued(JOB));
        assertThat(log().submission(JOB)).map(JobSubmission::plan).contains("{\"seed\":1}");
    }

    @Test
    void whoeverCancelsAJobThatIsBeingPausedEndsIt() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.STARTED, "driver-a", NOON));
        log.pause(JOB, NOON);
        log.cancel(JOB, NOON);
        assertThat(log.state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.CANCELLING);
        log.publish(JobEvent.of(JOB, JobEvent.Kind.PAUSE_REQUESTED, "", NOON));
        assertThat(log.state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.CANCELLING);
        assertThatThrownBy(() -> log.pause(JOB, NOON)).isInstanceOf(BadInput.class);
    }

    @Test
    void removedJobIsInNoListUntilItIsSubmittedAgain() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.submit(submission(OTHER, "{}"));
        assertThatThrownBy(() -> log.delete(JOB, NOON)).isInstanceOf(BadInput.class)
                .hasMessage("job job-1 must have ended or be paused, but was queued");
        log.keep(new FoundTable(JOB, "search-4x", table(1.5)));
        log.keep(new FoundTable(OTHER, "search-4x", table(1.5)));
        log.cancel(JOB, NOON);
        log.delete(JOB, NOON);
        log.publish(generation(1, 20));
        for (var reader : List.of(log, log())) {
            assertThat(reader.tables(JOB)).isEmpty();
            assertThat(reader.tables(OTHER)).containsOnlyKeys("search-4x");
            assertThat(atNoon(reader)).containsExactly(queued(OTHER));
            assertThat(reader.submission(JOB)).isEmpty();
        }
        log.submit(submission(JOB, "{}"));
        assertThat(atNoon(log())).containsExactly(queued(OTHER), queued(JOB));
    }

    @Test
    void lastTableOfANameIsKept() {
        var log = log();
        log.keep(new FoundTable(JOB, "search-4x", table(1.5)));
        log.keep(new FoundTable(JOB, "search-4x", table(2)));
        log.keep(new FoundTable(JOB, FoundTable.FINAL, table(3)));
        log.keep(new FoundTable(OTHER, FoundTable.FINAL, table(4)));
        for (var reader : List.of(log, log())) {
            assertThat(reader.tables(JOB)).isEqualTo(Map.of("search-4x", table(2), FoundTable.FINAL, table(3)));
            assertThat(reader.tables(OTHER)).isEqualTo(Map.of(FoundTable.FINAL, table(4)));
            assertThat(reader.tables(new JobId("job-3"))).isEmpty();
        }
    }

    private static FactorTable table(double factor) {
        var best = new Measured(new Candidate(RescaleFactors.of(1, factor), 4, 1.1), OptionalDouble.of(2.5));
        return new FactorTable("tiny", new RopeGeometry(4, 10_000, 256), List.of(new TableEntry(512, best, Optional.empty(), "text")),
                List.of("job 1"));
    }

    @Test
    void jobNobodyRunsIsCancelledAtOnce() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.cancel(JOB, NOON);
        assertThat(log.state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.CANCELLED);
    }

    @Test
    void runningJobIsCancelledByItsDriver() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.STARTED, "driver-a", NOON));
        log.cancel(JOB, NOON);
        log.publish(generation(1, 20));
        assertThat(log.state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.CANCELLING);
        log.publish(JobEvent.of(JOB, JobEvent.Kind.CANCELLED, "", NOON));
        log.publish(generation(2, 19));
        assertThat(log.state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.CANCELLED);
        assertThat(log.state(JOB).orElseThrow().generation()).isEqualTo(1);
    }

    @Test
    void jobThatEndedWithoutAResultMayBeSubmittedAgain() {
        var log = log();
        log.submit(submission(JOB, "{}"));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.FAILED, "no such model", NOON));
        log.submit(submission(JOB, "{}"));
        assertThat(atNoon(log, JOB)).contains(queued(JOB));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.FINISHED, "", NOON));
        log.submit(submission(JOB, "{}"));
        assertThat(log.state(JOB).orElseThrow().phase()).isEqualTo(JobState.Phase.FINISHED);
    }

    private static JobEvent next(BlockingQueue<JobEvent> events) throws InterruptedException {
        return events.poll(20, TimeUnit.SECONDS);
    }
}
