package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class WaitingTest {

    @Test
    void tellsWhatEachWorkerSays() {
        var waiting = Waiting.of(SampleTasks.task(1), Map.of("b", "device too small", "a", "no such model"));
        assertThat(waiting.taskClass()).isEqualTo(TaskClass.SCORE);
        assertThat(waiting.line()).isEqualTo(SampleTasks.task(1).describe() + ": a says no such model; b says device too small");
    }

    @Test
    void ofALargeCrewSomeAreNamedBriefly() {
        var reasons = new HashMap<String, String>();
        for (int i = 0; i < 1000; i++) {
            reasons.put("worker-" + i, "x".repeat(10_000));
        }
        var waiting = Waiting.of(SampleTasks.task(1), reasons);
        assertThat(waiting.reasons().size() + waiting.others()).isEqualTo(1000);
        assertThat(waiting.line()).hasSizeLessThan(50_000).endsWith("; and " + waiting.others() + " more");
    }
}
