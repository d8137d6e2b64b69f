package io.longrope.search.kafka;

import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.WorkContract;
import io.longrope.search.work.WorkQueue;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

import static io.longrope.search.work.SampleTasks.outcome;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

class KafkaWorkTest extends WorkContract {

    private final KafkaSettings settings = TestBroker.fresh();

    @Override
    protected Tasks openTasks(String job, LedgerRules rules, WaitListener listener) {
        return KafkaTasks.open(settings, "q", job, rules, listener);
    }

    @Override
    protected WorkQueue openQueue(String worker, Set<TaskClass> classes) {
        return KafkaWorkQueue.open(settings, "q", worker, classes, InstantSource.system());
    }

    @Test
    void deliveryIsHeldForLongerThanItsLock() throws Exception {
        var asked = submit(driver(), task(1));
        var held = take(worker("slow"));
        assertThat(worker("idle").take(Duration.ofMillis(4500), Optional.empty())).isEmpty();
        assertThat(held.isLost()).isFalse();
        finish(held);
        assertThat(answer(asked).outcome()).isEqualTo(outcome(task(1)));
    }
}
