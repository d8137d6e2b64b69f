package io.longrope.progressive.driver;

import io.longrope.search.job.InMemoryJobClaims;
import io.longrope.search.job.InMemoryJobLog;
import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Result;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.channels.ClosedByInterruptException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClaimedJobTest {

    private static final JobId JOB = new JobId("job");
    private static final JobId OTHER = new JobId("other");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final InMemoryJobLog log = new InMemoryJobLog();
    private final InMemoryJobClaims jobs = new InMemoryJobClaims(log);
    private final JobClaims driver = jobs.join();
    private final InMemoryWork work = new InMemoryWork(new ResultBook(), Clock.systemUTC());
    private final Tasks tasks = work.open(JOB.value(), LedgerRules.DEFAULT, WaitListener.NONE);

    @AfterEach
    void close() {
        tasks.close();
        work.close();
        jobs.close();
        log.close();
    }

    @Test
    void jobThatRunsToItsEndIsNotClaimedAgain() throws Exception {
        assertThat(run(claim(), () -> publish(JobEvent.Kind.FINISHED))).isEqualTo(ClaimedJob.End.SETTLED);
        assertThat(jobs.join().claim(Duration.ofMillis(100))).isEmpty();
    }

    @Test
    void driverStopsAJobAnotherMayHave() throws Exception {
        var claim = claim();
        var end = run(claim, () -> {
            publish(JobEvent.Kind.STARTED);
            // what a broker does that did not hear of this driver for longer than its lock
            driver.close();
            Thread.sleep(SOON.toMillis());
        });
        assertThat(end).isEqualTo(ClaimedJob.End.LOST);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(phase()).isEqualTo(JobState.Phase.RUNNING);
        assertThat(jobs.join().claim(SOON).orElseThrow().submission().id()).isEqualTo(JOB);
    }

    @Test
    void whatBreaksBecauseTheJobWasLostIsNoFailure() throws Exception {
        var claim = claim();
        var end = run(claim, () -> {
            driver.close();
            try {
                Thread.sleep(SOON.toMillis());
            } catch (InterruptedException e) {
                throw new IllegalStateException("the broker does not answer");
            }
        });
        assertThat(end).isEqualTo(ClaimedJob.End.LOST);
        assertThat(jobs.join().claim(SOON).orElseThrow().submission().id()).isEqualTo(JOB);
    }

    @Test
    void whatBreaksBecauseTheDriverStopsIsNoFailure() throws Exception {
        var claim = claim();
        assertThatThrownBy(() -> run(claim, () -> {
            throw new ClosedByInterruptException();
        })).isInstanceOf(InterruptedException.class);
        assertThat(jobs.join().claim(SOON).orElseThrow().submission().id()).isEqualTo(JOB);
    }

    @Test
    void cancelledJobEndsAndItsTasksAreWithdrawn() throws Exception {
        var end = run(claim(), () -> {
            publish(JobEvent.Kind.STARTED);
            log.cancel(JOB, Instant.EPOCH);
            Thread.sleep(SOON.toMillis());
        });
        assertThat(end).isEqualTo(ClaimedJob.End.CANCELLED);
        assertThat(phase()).isEqualTo(JobState.Phase.CANCELLED);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void timeOfDevicesIsToldWithItsEndAndGoesOnFromWhatWasToldBefore() throws Exception {
        var claim = claim();
        log.publish(JobEvent.of(JOB, JobEvent.Kind.GENERATION, "", Instant.EPOCH).with(JobEvent.DEVICE_SECONDS, 100));
        try (var worker = work.join("worker", EnumSet.of(TaskClass.SCORE))) {
            var end = run(claim, () -> {
                tasks.submit(List.of(new InspectTask("run", new InspectTask.Device())));
                var held = worker.take(SOON, Optional.empty()).orElseThrow();
                var task = held.delivery().tasks().get(0);
                held.publish(new Attempt(task.id(), held.delivery().id(), "worker", Attempt.Kind.FAILED, "broke", Optional.empty(), 0, 23.5,
                        Instant.EPOCH));
                log.pause(JOB, Instant.EPOCH);
                Thread.sleep(SOON.toMillis());
            });
            assertThat(end).isEqualTo(ClaimedJob.End.PAUSED);
        }
        assertThat(log.state(JOB).orElseThrow().deviceSeconds()).isEqualTo(123.5);
    }

    @Test
    void pausedJobIsLeftAndItsTasksAreWithdrawnUntilItIsResumed() throws Exception {
        var asked = new ArrayList<CompletableFuture<Result>>();
        var end = run(claim(), () -> {
            publish(JobEvent.Kind.STARTED);
            asked.addAll(tasks.submit(List.of(new InspectTask("run", new InspectTask.Device()))));
            log.pause(JOB, Instant.EPOCH);
            Thread.sleep(SOON.toMillis());
        });
        assertThat(end).isEqualTo(ClaimedJob.End.PAUSED);
        assertThat(phase()).isEqualTo(JobState.Phase.PAUSED);
        assertThat(asked).singleElement().satisfies(task -> assertThat(task).isCompletedExceptionally());
        assertThat(tasks.unanswered()).isZero();
        assertThat(driver.claim(Duration.ofMillis(100))).isEmpty();
        log.resume(JOB, Instant.EPOCH);
        assertThat(run(driver.claim(SOON).orElseThrow(), () -> publish(JobEvent.Kind.FINISHED))).isEqualTo(ClaimedJob.End.SETTLED);
        assertThat(phase()).isEqualTo(JobState.Phase.FINISHED);
    }

    @Test
    void jobThatWasToPauseWhenItsDriverDiedIsNotBegunByTheNext() throws Exception {
        log.submit(new JobSubmission(JOB, "{}", Instant.EPOCH));
        publish(JobEvent.Kind.STARTED);
        log.pause(JOB, Instant.EPOCH);
        assertThat(phase()).isEqualTo(JobState.Phase.PAUSING);
        var end = run(driver.claim(SOON).orElseThrow(), () -> {
            throw new AssertionError("begun");
        });
        assertThat(end).isEqualTo(ClaimedJob.End.PAUSED);
        assertThat(phase()).isEqualTo(JobState.Phase.PAUSED);
    }

    @Test
    void cancelledJobWhoseDriverDiedIsNotBegunByTheNext() throws Exception {
        log.submit(new JobSubmission(JOB, "{}", Instant.EPOCH));
        publish(JobEvent.Kind.STARTED);
        log.cancel(JOB, Instant.EPOCH);
        assertThat(phase()).isEqualTo(JobState.Phase.CANCELLING);
        var end = run(driver.claim(SOON).orElseThrow(), () -> {
            throw new AssertionError("begun");
        });
        assertThat(end).isEqualTo(ClaimedJob.End.CANCELLED);
        assertThat(phase()).isEqualTo(JobState.Phase.CANCELLED);
    }

    @Test
    void driverThatStopsHandsItsJobOn() throws Exception {
        var claim = claim();
        assertThatThrownBy(() -> run(claim, () -> {
            throw new InterruptedException();
        })).isInstanceOf(InterruptedException.class);
        assertThat(jobs.join().claim(SOON)).map(JobClaims.Claim::submission).map(JobSubmission::id).contains(JOB);
    }

    @Test
    void failureIsTheCallersToTell() throws Exception {
        var claim = claim();
        assertThatThrownBy(() -> run(claim, () -> {
            throw new IllegalStateException("broken");
        })).hasMessage("broken");
        assertThat(claim.isLost()).isTrue();
    }

    @Test
    void ownClaimLeavesTheJobsOfOthers() throws Exception {
        log.submit(new JobSubmission(OTHER, "{}", Instant.EPOCH));
        log.submit(new JobSubmission(JOB, "{}", Instant.EPOCH));
        try (var idle = jobs.join()) {
            var others = idle.claim(SOON).orElseThrow();
            assertThat(others.submission().id()).isEqualTo(OTHER);
            assertThat(OwnClaim.of(JOB, driver, log, SOON)).map(JobClaims.Claim::submission).map(JobSubmission::id).contains(JOB);
            assertThat(others.isLost()).isFalse();
            assertThat(OwnClaim.of(OTHER, jobs.join(), log, Duration.ofMillis(100))).isEqualTo(Optional.empty());
        }
    }

    private ClaimedJob.End run(JobClaims.Claim claim, ClaimedJob.Work work) throws Exception {
        return ClaimedJob.run(claim, tasks, log, () -> Instant.EPOCH, work);
    }

    private JobClaims.Claim claim() throws InterruptedException {
        log.submit(new JobSubmission(JOB, "{}", Instant.EPOCH));
        return driver.claim(SOON).orElseThrow();
    }

    private void publish(JobEvent.Kind kind) {
        log.publish(JobEvent.of(JOB, kind, "", Instant.EPOCH));
    }

    private JobState.Phase phase() {
        return log.state(JOB).orElseThrow().phase();
    }
}
