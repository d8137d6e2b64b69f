package io.longrope.search.work;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;

class InMemoryEvaluationsTest {

    @Test
    void anyNumberOfWorkersGivesTheSameScores() throws Exception {
        for (int workers : new int[] {1, 3}) {
            var asked = new AtomicInteger();
            try (var evaluations = new InMemoryEvaluations(evaluation -> {
                asked.incrementAndGet();
                return score(evaluation);
            }, workers, new HashMap<>())) {
                var answers = IntStream.range(0, 30).mapToObj(i -> evaluations.submit(evaluation(i % 10))).toList();
                for (int i = 0; i < answers.size(); i++) {
                    assertThat(answers.get(i).get(10, TimeUnit.SECONDS)).isEqualTo(score(evaluation(i % 10)));
                }
            }
            assertThat(asked).hasValue(10);
        }
    }

    @Test
    void journalOutlivesIt() throws Exception {
        var journal = new HashMap<EvaluationId, Score>();
        try (var evaluations = new InMemoryEvaluations(SampleEvaluations::score, 1, journal)) {
            evaluations.submit(evaluation(1)).get(10, TimeUnit.SECONDS);
        }
        try (var evaluations = new InMemoryEvaluations(evaluation -> {
            throw new AssertionError("known already");
        }, 1, journal)) {
            assertThat(evaluations.submit(evaluation(1))).isCompletedWithValue(score(evaluation(1)));
        }
    }

    @Test
    void evaluatorThatRefusesGivesUpWithItsReason() throws Exception {
        try (var evaluations = new InMemoryEvaluations(evaluation -> {
            throw new BadInput("model", "must lie under --models", "elsewhere", "");
        }, 1, new HashMap<>())) {
            var score = evaluations.submit(evaluation(1)).get(10, TimeUnit.SECONDS);
            assertThat(score.outcome()).isEqualTo(Score.Outcome.GIVEN_UP);
            assertThat(score.reason()).isEqualTo("model must lie under --models, but was elsewhere");
        }
    }

    @Test
    void closeInterruptsWhatRuns() throws Exception {
        var running = new CountDownLatch(1);
        var evaluations = new InMemoryEvaluations(evaluation -> {
            running.countDown();
            Thread.sleep(60_000);
            return score(evaluation);
        }, 1, new HashMap<>());
        var asked = evaluations.submit(evaluation(1));
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        evaluations.close();
        assertThat(asked).isCompletedExceptionally();
    }
}
