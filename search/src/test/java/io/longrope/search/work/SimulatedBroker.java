package io.longrope.search.work;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A queue with its results, attempts and withdrawals as Kafka keeps them, with every fault Kafka is known for: locks that expire,
 * acknowledgements that get lost, messages that are repeated, counts that are forgotten, records that vanish.
 */
final class SimulatedBroker implements TaskTransport {

    static final long LOCK_MILLIS = 6000;
    private static final int DELIVERY_LIMIT = 5;
    /** A worker that died is a member for so long. */
    private static final long SESSION_MILLIS = 45_000;

    private final SimulatedTime time;
    private final RandomGenerator random;
    private final double trouble;
    private final Predicate<Delivery> mayFail;
    private final List<Entry> queue = new ArrayList<>();
    private final List<Result> results = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private final Set<String> withdrawn = new HashSet<>();
    private final Set<String> members = new LinkedHashSet<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> trace = new ArrayList<>();

    /**
     * @param trouble probability of each fault where one can happen
     * @param mayFail asked before a fault that costs a delivery
     */
    SimulatedBroker(SimulatedTime time, RandomGenerator random, double trouble, Predicate<Delivery> mayFail) {
        this.time = time;
        this.random = random;
        this.trouble = trouble;
        this.mayFail = mayFail;
    }

    /** A record of the queue. */
    static final class Entry {

        private final Delivery delivery;
        private Object holder;
        private long lockedUntil;
        private int deliveries;
        private boolean settled;

        private Entry(Delivery delivery) {
            this.delivery = delivery;
        }

        Delivery delivery() {
            return delivery;
        }

        boolean isRedelivered() {
            return deliveries > 1;
        }

        boolean isHeldBy(Object worker) {
            return !settled && holder == worker;
        }
    }

    @Override
    public void queue(Delivery delivery) {
        log("queued", delivery);
        // more than one copy where the producer repeats what it takes for lost
        for (int copy = 0; copy == 0 || random.nextDouble() < trouble; copy++) {
            time.after(2 + random.nextInt(20), () -> queue.add(new Entry(delivery)));
        }
    }

    @Override
    public void withdraw(Set<String> runs) {
        withdrawn.addAll(runs);
    }

    void publish(Result result) {
        log("result of " + result.worker() + " " + result.outcome());
        do {
            results.add(result);
        } while (random.nextDouble() < trouble);
    }

    void publish(Attempt attempt) {
        log(attempt.kind() + " at " + attempt.worker() + ", " + attempt.task().brief());
        do {
            attempts.add(attempt);
        } while (random.nextDouble() < trouble);
    }

    /** The oldest record that nobody holds. */
    Optional<Entry> acquire(Object worker) {
        queue.removeIf(entry -> entry.settled);
        for (var entry : queue) {
            if (entry.holder == null || entry.lockedUntil <= time.now()) {
                entry.deliveries++;
                if (entry.deliveries > DELIVERY_LIMIT || random.nextDouble() < trouble / 20 && mayFail.test(entry.delivery)) {
                    // Kafka archives what was delivered too often, and a disk may lose anything
                    log("vanished", entry.delivery);
                    entry.settled = true;
                    continue;
                }
                log("taken by " + worker, entry.delivery);
                entry.holder = worker;
                entry.lockedUntil = time.now() + LOCK_MILLIS;
                return Optional.of(entry);
            }
        }
        return Optional.empty();
    }

    void renew(Entry entry, Object worker) {
        if (entry.isHeldBy(worker)) {
            entry.lockedUntil = time.now() + LOCK_MILLIS;
        }
    }

    /** An acknowledgement is no fence: it may be lost, and it may come from one who no longer holds the record. */
    void settle(Entry entry) {
        entry.settled = random.nextDouble() >= trouble || !mayFail.test(entry.delivery);
        log(entry.settled ? "settled" : "not settled", entry.delivery);
    }

    void joined(Object worker) {
        members.add(worker.toString());
    }

    void left(Object worker) {
        members.remove(worker.toString());
    }

    /** What Kafka does when the connection breaks. */
    void disconnected(Object worker) {
        log("disconnected " + worker);
        queue.stream().filter(entry -> entry.isHeldBy(worker)).forEach(entry -> entry.holder = null);
        time.after(SESSION_MILLIS, () -> left(worker));
    }

    /** Nothing stays locked over a restart, and the counts of what was held are forgotten. */
    void restart() {
        log("restart");
        queue.stream().filter(entry -> !entry.settled && entry.holder != null).forEach(entry -> {
            entry.holder = null;
            entry.deliveries--;
        });
    }

    /** What the queue holds, and nobody withdrew. */
    List<Delivery> left() {
        return queue.stream().filter(entry -> !entry.settled && !withdrawn.contains(entry.delivery.run())).map(Entry::delivery).toList();
    }

    Set<String> backlog() {
        return queue.stream().filter(entry -> !entry.settled).map(entry -> entry.delivery.id()).collect(Collectors.toSet());
    }

    Set<String> members() {
        return Set.copyOf(members);
    }

    List<Result> results() {
        return results;
    }

    List<Attempt> attempts() {
        return attempts;
    }

    Set<String> withdrawn() {
        return withdrawn;
    }

    /** All that happened, the same for the same seed. */
    List<String> trace() {
        return trace;
    }

    private void log(String what, Delivery delivery) {
        int number = numbers.computeIfAbsent(delivery.id(), id -> numbers.size());
        log(what + " " + number + delivery.tasks().stream().map(task -> " " + task.id().brief()).collect(Collectors.joining()));
    }

    private void log(String what) {
        trace.add(time.now() + " " + what);
    }
}
