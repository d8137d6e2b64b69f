package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class InMemoryQueueTest extends QueueContract {

    private final Map<EvaluationId, Score> journal = new HashMap<>();
    private InMemoryQueue queue = new InMemoryQueue(journal, DELIVERY_LIMIT);

    @Override
    protected Evaluations openDriver() {
        queue = new InMemoryQueue(journal, DELIVERY_LIMIT);
        return queue;
    }

    @Override
    protected EvaluationQueue openWorker(String name) {
        return queue.join(name);
    }

    /** The in-memory queue lives and dies with its driver, so the worker joins the second one's queue. */
    @Test
    @Override
    void driverThatComesAgainFindsTheJournal() throws Exception {
        var first = openDriver();
        var asked = first.submit(SampleEvaluations.evaluation(1));
        take(worker("a")).complete(SampleEvaluations.score(SampleEvaluations.evaluation(1)));
        answer(asked);
        first.close();
        assertThat(driver().submit(SampleEvaluations.evaluation(1)))
                .isCompletedWithValue(SampleEvaluations.score(SampleEvaluations.evaluation(1)));
    }
}
