package io.longrope.search.work;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

/** A worker that is broken itself stops asking for work, says so, and comes back once a small task of its own goes well. */
class FailStopTest {

    private static final int FAILURES = 3;
    private static final Duration BEFORE_TEST = Duration.ofSeconds(10);

    private final InMemoryWork work = new InMemoryWork(new ResultBook(), InstantSource.fixed(Instant.EPOCH));
    private final WorkQueue queue = work.join("broken", EnumSet.allOf(TaskClass.class));
    private final WithdrawalWatch watch = new WithdrawalWatch(new Thread());
    private final TaskMeter meter = new TaskMeter();
    private boolean isBroken = true;
    private Optional<String> complaint = Optional.of("the device is gone");
    private int tried;
    private final TaskLoop loop = new TaskLoop(queue, new FakeRunner(task -> {
        tried++;
        if (isBroken) {
            throw new TaskFailed("no device", null);
        }
        return SampleTasks.outcome(task);
    }), meter, new TaskLoop.Habits(FAILURES, () -> complaint, Duration.ZERO, Duration.ZERO, BEFORE_TEST, Duration.ofMinutes(5)),
            InstantSource.fixed(Instant.EPOCH));

    @AfterEach
    void close() {
        watch.close();
        work.close();
    }

    private Duration step() throws InterruptedException {
        return loop.step(Duration.ZERO, watch);
    }

    private void steps(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertThat(step()).isZero();
        }
    }

    private void ask(String job, int number) {
        work.open(job, new LedgerRules(100, Optional.empty()), WaitListener.NONE).submit(List.of(task(number)));
    }

    @Test
    void failuresOnTasksOfTwoJobsStopItUntilASmallTaskGoesWell() throws Exception {
        ask("one", 1);
        ask("two", 2);
        steps(FAILURES);
        assertThat(step()).isEqualTo(BEFORE_TEST);
        assertThat(meter.read().stopped()).hasValueSatisfying(why -> assertThat(why).contains("3 failures in a row",
                "tasks of 2 jobs", "no device"));
        assertThat(step()).isEqualTo(BEFORE_TEST.multipliedBy(2));
        assertThat(meter.read().stopped()).hasValueSatisfying(why -> assertThat(why).contains("trying itself: the device is gone"));
        assertThat(tried).as("nothing more was taken").isEqualTo(FAILURES);

        complaint = Optional.empty();
        isBroken = false;
        assertThat(step()).isZero();
        assertThat(meter.read().stopped()).isEmpty();
        steps(2);
        assertThat(meter.read().results()).isEqualTo(2);
    }

    @Test
    void failuresOnTasksOfOneJobAloneAreTheTasks() throws Exception {
        ask("one", 1);
        steps(3 * FAILURES);
        assertThat(tried).isEqualTo(3 * FAILURES);
        assertThat(meter.read().stopped()).isEmpty();
    }

    /** The test of itself may be too easy: that the worker passed it does not make the next pause a short one. */
    @Test
    void pausesGrowUntilATaskGoesWell() throws Exception {
        ask("one", 1);
        ask("two", 2);
        complaint = Optional.empty();
        steps(FAILURES);
        assertThat(step()).isEqualTo(BEFORE_TEST);
        assertThat(step()).isZero();
        steps(FAILURES);
        assertThat(step()).isEqualTo(BEFORE_TEST.multipliedBy(2));
    }

    @Test
    void failuresOnATaskThatAnotherCompletedAreTheWorkers() {
        var health = new WorkerHealth(FAILURES);
        for (int i = 1; i < FAILURES; i++) {
            health.failed(task(1).id(), "job", "no device");
        }
        assertThat(health.illness(id -> true)).isEmpty();
        health.failed(task(2).id(), "job", "no device");
        assertThat(health.illness(id -> false)).isEmpty();
        assertThat(health.illness(task(2).id()::equals)).hasValueSatisfying(why -> assertThat(why).contains(task(2).id().brief(),
                "which another worker completed", "no device"));
        health.wentWell();
        assertThat(health.illness(id -> true)).isEmpty();
    }
}
