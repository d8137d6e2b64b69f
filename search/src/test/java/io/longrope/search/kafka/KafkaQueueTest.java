package io.longrope.search.kafka;

import io.longrope.search.work.DeliveryRules;
import io.longrope.search.work.Evaluations;
import io.longrope.search.work.QueueContract;
import io.longrope.search.work.EvaluationQueue;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.InstantSource;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;

class KafkaQueueTest extends QueueContract {

    private static final DeliveryRules RULES = new DeliveryRules(DELIVERY_LIMIT, Duration.ZERO);

    private final KafkaSettings settings = TestBroker.fresh();

    @Override
    protected Evaluations openDriver() {
        return KafkaEvaluations.open(settings, "q");
    }

    @Override
    protected EvaluationQueue openWorker(String name) {
        return KafkaEvaluationQueue.open(settings, "q", name, RULES, InstantSource.system());
    }

    @Test
    void evaluationIsHeldForLongerThanItsLock() throws Exception {
        var asked = driver().submit(evaluation(1));
        var assignment = take(worker("slow"));
        assertThat(worker("idle").take(Duration.ofMillis(4500))).isEmpty();
        assertThat(assignment.isLost()).isFalse();
        assignment.complete(score(evaluation(1)));
        assertThat(answer(asked)).isEqualTo(score(evaluation(1)));
    }
}
