package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class TaskMeterTest {

    private static final Task TASK = SampleTasks.task(1);

    private final TaskMeter meter = new TaskMeter();

    @Test
    void whatIsInHandIsTakenBackWhenItEnds() {
        assertThat(meter.read().current()).isEmpty();
        meter.begin("job", TASK.id(), TASK);
        assertThat(meter.read().current()).contains(new TaskMeter.InHand("job", TASK.id(), TASK.describe(), false));
        meter.end();
        assertThat(meter.read().current()).isEmpty();
    }

    @Test
    void resultsAndTheirSpeedAddUp() {
        assertThat(meter.read().tokensPerSecond()).isZero();
        meter.add(new Result(TASK.id(), new Outcome.Loss(1.5), 1000, 2, "w", "cpu"));
        meter.add(new Result(TASK.id(), new Outcome.Loss(1.25), 500, 1, "w", "cpu"));
        meter.add(new Result(TASK.id(), new Outcome.Diverged("NaN"), 300, 1, "w", "cpu"));
        var reading = meter.read();
        assertThat(reading.outcomes()).containsExactlyInAnyOrderEntriesOf(Map.of("loss", 2L, "diverged", 1L));
        assertThat(reading.results()).isEqualTo(3);
        assertThat(reading.tokensPerSecond()).isEqualTo(450);
    }

    @Test
    void refusalsAreKeptByWhatWasRefusedTheLatestLast() {
        for (int model = 1; model <= 7; model++) {
            var task = SampleTasks.task(model, "model-" + model);
            meter.add(attempt(task, Attempt.Kind.REFUSED, "missing " + model), task);
        }
        var again = SampleTasks.task(4, "model-4");
        meter.add(attempt(again, Attempt.Kind.OUT_OF_MEMORY, "too small"), again);
        // what may go well elsewhere or later says nothing about this worker
        meter.add(attempt(again, Attempt.Kind.FAILED, "broke"), again);
        meter.add(attempt(again, Attempt.Kind.LOST, "lost"), again);
        var reading = meter.read();
        assertThat(reading.refusals().values()).containsExactly("missing 3", "missing 5", "missing 6", "missing 7", "too small");
        assertThat(reading.refusals().keySet()).allSatisfy(what -> assertThat(what).contains("model-"));
        assertThat(reading.attempts()).containsExactlyInAnyOrderEntriesOf(Map.of(Attempt.Kind.REFUSED, 7L, Attempt.Kind.OUT_OF_MEMORY, 1L,
                Attempt.Kind.FAILED, 1L, Attempt.Kind.LOST, 1L));
        assertThat(reading.results()).isZero();
    }

    @Test
    void aReadingStaysAsItWas() {
        meter.stopped(Optional.of("fails again and again"));
        var before = meter.read();
        meter.stopped(Optional.empty());
        meter.add(SampleTasks.result(TASK, 1.0));
        assertThat(before.stopped()).contains("fails again and again");
        assertThat(before.results()).isZero();
        assertThat(meter.read().stopped()).isEmpty();
    }

    private static Attempt attempt(Task task, Attempt.Kind kind, String reason) {
        return new Attempt(task.id(), "delivery", "w", kind, reason, Optional.empty(), 0, Instant.EPOCH);
    }
}
