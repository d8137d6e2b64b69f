package io.longrope.progressive.bench;

import io.longrope.search.evaluation.Evaluation;
import io.longrope.search.evaluation.Evaluations;
import io.longrope.search.evaluation.Evaluator;
import io.longrope.search.evaluation.InMemoryEvaluations;
import io.longrope.search.evaluation.Score;

import java.util.HashMap;
import java.util.concurrent.CompletableFuture;

/** A queue in this process: more workers than one machine has room for Kafka clients. */
public final class MemoryTransport implements ServiceBench.Transport {

    private InMemoryEvaluations queue;

    @Override
    public void startWorkers(int count, Evaluator evaluator) {
        queue = new InMemoryEvaluations(evaluator, count, new HashMap<>());
    }

    @Override
    public Evaluations connect() {
        return new Shared(queue);
    }

    @Override
    public void close() {
        if (queue != null) {
            queue.close();
        }
    }

    /** The jobs have one queue: a job that ends must not end the others'. */
    private record Shared(Evaluations queue) implements Evaluations {

        @Override
        public CompletableFuture<Score> submit(Evaluation evaluation) {
            return queue.submit(evaluation);
        }

        @Override
        public void withdrawUnanswered() {
            // what this job asked was answered before it ended
        }

        @Override
        public void close() {
            // the queue outlives the job
        }
    }
}
