package io.longrope.search.kafka;

import io.longrope.search.work.Evaluation;
import io.longrope.search.work.Score;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;

/** Jobs that share workers are served alike, whatever the size of their generations. */
class FairnessTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int LARGE = 60;
    private static final int SMALL = 15;

    private final KafkaSettings settings = TestBroker.fresh();

    @Test
    void jobThatComesLaterAndAsksForLessNeedNotWaitForALargeGeneration() throws Exception {
        try (var large = KafkaEvaluations.open(settings, "q"); var small = KafkaEvaluations.open(settings, "q");
             var worker = KafkaEvaluationQueue.open(settings, "q", "w")) {
            var first = ask(large, 0, LARGE);
            var second = ask(small, 1000, SMALL);
            var ofSmall = new HashSet<Evaluation>();
            IntStream.range(0, SMALL).forEach(i -> ofSmall.add(evaluation(1000 + i)));
            var order = new ArrayList<Boolean>();
            while (order.size() < LARGE + SMALL) {
                var assignment = worker.take(SOON).orElseThrow();
                order.add(ofSmall.contains(assignment.evaluation()));
                assignment.complete(score(assignment.evaluation()));
                // as long as an evaluation takes at the least: drivers hear of a score before the next is taken
                Thread.sleep(20);
            }
            all(first);
            all(second);
            var turns = order.subList(0, 2 * SMALL + 8).stream().filter(isSmall -> isSmall).count();
            assertThat(turns).as("turns of the small job: " + order).isEqualTo(SMALL);
        }
    }

    private static List<CompletableFuture<Score>> ask(KafkaEvaluations driver, int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> driver.submit(evaluation(i))).toList();
    }

    private static void all(List<CompletableFuture<Score>> asked) throws Exception {
        CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
    }
}
