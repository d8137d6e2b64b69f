package io.longrope.search.kafka;

import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Result;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.WaitListener;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Jobs that share workers are served alike, whatever the size of their generations. */
class FairnessTest {

    private static final int LARGE = 60;
    private static final int SMALL = 15;

    private final KafkaSettings settings = TestBroker.fresh();

    @Test
    void jobThatComesLaterAndAsksForLessNeedNotWaitForALargeGeneration() throws Exception {
        var order = new ConcurrentLinkedQueue<Boolean>();
        var ofSmall = IntStream.range(1000, 1000 + SMALL).mapToObj(SampleTasks::task).toList();
        try (var large = driver("large"); var small = driver("small")) {
            var first = large.submit(IntStream.range(0, LARGE).mapToObj(SampleTasks::task).toList());
            var second = small.submit(ofSmall);
            try (var worker = RunningWorker.start(settings, "w", task -> {
                order.add(ofSmall.contains(task));
                // so long that tasks travel alone
                Thread.sleep(200);
                return SampleTasks.outcome(task);
            })) {
                all(first);
                all(second);
            }
        }
        var turns = order.stream().limit(2 * SMALL + 8).filter(isSmall -> isSmall).count();
        assertThat(turns).as("turns of the small job: " + order).isEqualTo(SMALL);
    }

    private KafkaTasks driver(String job) {
        return KafkaTasks.open(settings, "q", job, LedgerRules.DEFAULT, WaitListener.NONE);
    }

    private static void all(List<CompletableFuture<Result>> asked) throws Exception {
        CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
    }
}
