package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

class InMemoryWorkTest extends WorkContract {

    private final InMemoryWork work = closedAfterwards(new InMemoryWork(new ResultBook(), InstantSource.system()));

    @Override
    protected Tasks openTasks(String job, LedgerRules rules, WaitListener listener) {
        return work.open(job, rules, listener);
    }

    @Override
    protected WorkQueue openQueue(String worker, Set<TaskClass> classes) {
        return work.join(worker, classes);
    }

    /** One is woken for each delivery, however many wait; whom it is not for waits on, and one that left is passed over. */
    @Test
    void allThatWaitHaveADeliveryEach() throws Exception {
        var patience = Duration.ofMinutes(5);
        var threads = Executors.newCachedThreadPool();
        try {
            var trainer = openQueue("trains", EnumSet.of(TaskClass.TRAIN));
            var training = threads.submit(() -> trainer.take(patience, Optional.empty()));
            var leaving = openQueue("leaves", EnumSet.of(TaskClass.SCORE));
            var left = threads.submit(() -> leaving.take(patience, Optional.empty()));
            var waiting = new ArrayList<Future<Optional<WorkQueue.Held>>>();
            for (int i = 0; i < 30; i++) {
                var queue = openQueue("scores-" + i, EnumSet.of(TaskClass.SCORE));
                waiting.add(threads.submit(() -> queue.take(patience, Optional.empty())));
            }
            TimeUnit.MILLISECONDS.sleep(200);
            leaving.close();
            openTasks("job", LedgerRules.DEFAULT, WaitListener.NONE).submit(IntStream.range(0, 30).mapToObj(SampleTasks::task).toList());

            assertThat(left.get(1, TimeUnit.MINUTES)).isEmpty();
            var taken = new ArrayList<String>();
            for (var one : waiting) {
                taken.add(one.get(1, TimeUnit.MINUTES).orElseThrow().delivery().id());
            }
            assertThat(taken).doesNotHaveDuplicates();
            assertThat(training.isDone()).isFalse();
            trainer.close();
            assertThat(training.get(1, TimeUnit.MINUTES)).isEqualTo(Optional.empty());
        } finally {
            threads.shutdownNow();
        }
    }
}
