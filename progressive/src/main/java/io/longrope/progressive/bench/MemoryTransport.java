package io.longrope.progressive.bench;

import io.longrope.search.work.Evaluation;
import io.longrope.search.work.Evaluations;
import io.longrope.search.work.Evaluator;
import io.longrope.search.work.InMemoryEvaluations;
import io.longrope.search.work.Score;

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
