package io.longrope.search.kafka;

import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.Score;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A queue and a scores topic as Kafka keeps them, in one thread and with every fault Kafka is known for: locks that expire,
 * acknowledgements that get lost, counts that are forgotten, records that vanish.
 */
final class SimulatedBroker {

    private static final int LOCK = 6;
    private static final int DELIVERY_LIMIT = 5;

    private final RandomGenerator random;
    private final double trouble;
    private final Predicate<EvaluationId> mayFail;
    private final List<Entry> queue = new ArrayList<>();
    private final List<Score> scores = new ArrayList<>();

    /**
     * @param trouble probability of each fault where one can happen
     * @param mayFail asked before a fault that costs an evaluation a delivery
     */
    SimulatedBroker(RandomGenerator random, double trouble, Predicate<EvaluationId> mayFail) {
        this.random = random;
        this.mayFail = mayFail;
        this.trouble = trouble;
    }

    /** A record of the queue. */
    static final class Entry {

        private final EvaluationMessage message;
        private final EvaluationId id;
        private Object holder;
        private int lockedUntil;
        private int deliveries;
        private boolean settled;

        private Entry(EvaluationMessage message) {
            this.message = message;
            this.id = message.evaluation().id();
        }

        EvaluationId id() {
            return id;
        }

        EvaluationMessage message() {
            return message;
        }

        int deliveries() {
            return message.deliveries() + deliveries;
        }
    }

    void publish(EvaluationMessage message) {
        queue.add(new Entry(message));
        if (random.nextDouble() < trouble) {
            queue.add(new Entry(message));
        }
    }

    void publish(Score score) {
        scores.add(score);
        if (random.nextDouble() < trouble) {
            scores.add(score);
        }
    }

    Optional<Entry> acquire(Object worker, int now) {
        queue.removeIf(entry -> entry.settled);
        for (var entry : queue) {
            if (entry.holder == null || entry.lockedUntil <= now) {
                entry.deliveries++;
                if (entry.deliveries > DELIVERY_LIMIT || random.nextDouble() < trouble / 20) {
                    // Kafka archives what was delivered too often, and a disk may lose anything
                    entry.settled = true;
                    continue;
                }
                entry.holder = worker;
                entry.lockedUntil = now + LOCK;
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    void renew(Entry entry, Object worker, int now) {
        if (entry.holder == worker) {
            entry.lockedUntil = now + LOCK;
        }
    }

    /** An acknowledgement is no fence: it may be lost, and it may come from one who no longer holds the record. */
    void settle(Entry entry) {
        entry.settled = random.nextDouble() >= trouble || !mayFail.test(entry.id);
    }

    /** What Kafka does when the connection breaks. */
    void disconnected(Object worker) {
        queue.stream().filter(entry -> entry.holder == worker).forEach(entry -> entry.holder = null);
    }

    /** Nothing stays locked over a restart, and the counts of what was held are forgotten. */
    void restart() {
        queue.stream().filter(entry -> !entry.settled && entry.holder != null).forEach(entry -> {
            entry.holder = null;
            entry.deliveries--;
        });
    }

    Set<EvaluationId> backlog() {
        return queue.stream().filter(entry -> !entry.settled).map(Entry::id).collect(Collectors.toSet());
    }

    List<Score> scores(int from, int to) {
        return scores.subList(from, Math.min(to, scores.size()));
    }

    int scoreCount() {
        return scores.size();
    }
}
