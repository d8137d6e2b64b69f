package io.longrope.search.kafka;

import io.longrope.search.evaluation.Evaluation;
import io.longrope.search.evaluation.EvaluationId;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Keeps only so many evaluations of a job in the queue at a time, the others wait here. The queue is first come, first
 * served: jobs that each keep as many in it get as many measured, whatever the size of their generations. Thread-safe.
 */
final class PublishWindow {

    private final Consumer<Evaluation> publisher;
    private final Map<EvaluationId, Evaluation> waiting = new LinkedHashMap<>();
    private final Set<EvaluationId> queued = new HashSet<>();
    private int size;

    /** @param publisher puts an evaluation into the queue; called while others wait */
    PublishWindow(Consumer<Evaluation> publisher, int size) {
        this.publisher = publisher;
        this.size = size;
    }

    synchronized void add(Evaluation evaluation) {
        waiting.put(evaluation.id(), evaluation);
        publish();
    }

    /** There is a score, or nobody wants it: the next may be queued. */
    synchronized void remove(EvaluationId id) {
        waiting.remove(id);
        if (queued.remove(id)) {
            publish();
        }
    }

    synchronized void clear() {
        waiting.clear();
        queued.clear();
    }

    synchronized void resize(int size) {
        this.size = size;
        publish();
    }

    synchronized boolean isWaiting(EvaluationId id) {
        return waiting.containsKey(id);
    }

    private void publish() {
        while (queued.size() < size && !waiting.isEmpty()) {
            var next = waiting.values().iterator().next();
            waiting.remove(next.id());
            queued.add(next.id());
            publisher.accept(next);
        }
    }
}
