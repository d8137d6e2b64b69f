package io.longrope.search.kafka;

import io.longrope.search.work.EvaluationId;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Keeps only so many evaluations of a job in the queue at a time, the others wait here. The queue is first come, first
 * served: jobs that each keep as many in it get as many measured, whatever the size of their generations. Thread-safe.
 */
final class PublishWindow {

    private final BiConsumer<EvaluationId, byte[]> publisher;
    private final Map<EvaluationId, byte[]> waiting = new LinkedHashMap<>();
    private final Set<EvaluationId> queued = new HashSet<>();
    private int size;

    /** @param publisher puts the message of an evaluation into the queue; called while others wait */
    PublishWindow(BiConsumer<EvaluationId, byte[]> publisher, int size) {
        this.publisher = publisher;
        this.size = size;
    }

    synchronized void add(EvaluationId id, byte[] message) {
        waiting.put(id, message);
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
            var next = waiting.keySet().iterator().next();
            var message = waiting.remove(next);
            queued.add(next);
            publisher.accept(next, message);
        }
    }
}
