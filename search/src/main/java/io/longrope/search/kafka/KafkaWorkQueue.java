package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.Delivery;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Result;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskId;
import io.longrope.search.work.TransportFailed;
import io.longrope.search.work.WorkQueue;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A worker's end of a queue in Kafka. It is a member of one share group for each class of tasks it serves, and holds one record
 * over all of them: training that takes hours and scores that take seconds do not wait for each other.
 *
 * <p>A delivery that needs another model than the one in memory is put back once, at the end of the queue and marked so that
 * nobody does it again: a worker that has that model may come by first, and nothing starves.
 */
public final class KafkaWorkQueue implements WorkQueue {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaWorkQueue.class);
    private static final Duration SCORE_SLICE = Duration.ofMillis(100);
    private static final Duration TRAIN_SLICE = Duration.ofMillis(30);
    /** However many score tasks there are, training is asked for this often. */
    private static final Duration TRAIN_TURN = Duration.ofSeconds(5);
    private static final int ANSWERS_REMEMBERED = 100_000;

    private final KafkaSettings settings;
    private final String worker;
    private final InstantSource clock;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<TaskClass, ShareGroupMember> members = new EnumMap<>(TaskClass.class);
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
    private final Map<TaskId, String> answered = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TaskId, String> eldest) {
            return size() > ANSWERS_REMEMBERED;
        }
    });
    private final TopicTail results;
    private final TopicTail withdrawals;
    private volatile Held current;
    private long trainTurn = System.nanoTime();

    private KafkaWorkQueue(KafkaSettings settings, String queue, String worker, Set<TaskClass> classes, InstantSource clock) {
        this.settings = settings;
        this.worker = Require.notBlank(worker, "worker");
        this.clock = clock;
        results = TopicTail.fromNowInBatches(settings, settings.results(),
                message -> TaskMessages.readResult(message, result -> answered.putIfAbsent(result.id(), result.worker())));
        withdrawals = TopicTail.fromBeginningInBatches(settings, settings.withdrawals(),
                message -> TaskMessages.readWithdrawal(message, withdrawal -> withdrawn.add(withdrawal.run())));
        withdrawals.awaitCaughtUp();
        producer = Clients.producer(settings);
        classes.forEach(taskClass -> members.put(taskClass, new ShareGroupMember(settings, settings.tasks(queue, taskClass), worker)));
    }

    /**
     * Joins a queue that {@link Topics#prepare} made ready.
     *
     * @param worker  an instance, see {@link io.longrope.search.work.WorkerInstance}
     * @param classes whose tasks it takes
     * @param clock   dates what is given back on closing
     */
    public static KafkaWorkQueue open(KafkaSettings settings, String queue, String worker, Set<TaskClass> classes, InstantSource clock) {
        return new KafkaWorkQueue(settings, queue, worker, classes, clock);
    }

    @Override
    public String worker() {
        return worker;
    }

    @Override
    public Optional<WorkQueue.Held> take(Duration timeout, Optional<ModelReference> loaded) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        do {
            var record = nextRecord(deadline);
            var held = record.flatMap(this::read).filter(found -> !isPassedOn(found, loaded));
            if (held.isPresent()) {
                current = held.get();
                return Optional.of(held.get());
            }
            if (record.isEmpty() && isClosed()) {
                return Optional.empty();
            }
        } while (System.nanoTime() < deadline);
        return Optional.empty();
    }

    @Override
    public boolean isAnsweredByAnother(TaskId id) {
        var by = answered.get(id);
        return by != null && !by.equals(worker);
    }

    @Override
    public void close() {
        var left = current;
        if (left != null) {
            left.giveBack();
        }
        members.values().forEach(ShareGroupMember::close);
        results.close();
        withdrawals.close();
        // every message was waited for
        producer.close(Duration.ZERO);
    }

    /** From one group after the other; where one gives a record, what the others still have asked for is put back. */
    private Optional<HeldRecord> nextRecord(long deadline) throws InterruptedException {
        var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        if (members.size() == 1) {
            return take(members.keySet().iterator().next(), left);
        }
        if (System.nanoTime() - trainTurn > TRAIN_TURN.toNanos()) {
            var first = take(TaskClass.TRAIN, TRAIN_SLICE);
            if (first.isPresent()) {
                return first;
            }
        }
        var score = take(TaskClass.SCORE, shorter(SCORE_SLICE, left));
        return score.isPresent() ? score : take(TaskClass.TRAIN, shorter(TRAIN_SLICE, left));
    }

    private Optional<HeldRecord> take(TaskClass taskClass, Duration timeout) throws InterruptedException {
        if (taskClass == TaskClass.TRAIN) {
            trainTurn = System.nanoTime();
        }
        try {
            var record = members.get(taskClass).take(timeout);
            if (record.isPresent()) {
                members.forEach((other, member) -> {
                    if (other != taskClass) {
                        member.decline(this::putBack);
                    }
                });
            }
            return record;
        } catch (KafkaException e) {
            throw new TransportFailed("cannot take tasks of " + settings.bootstrap() + ": " + e.getMessage(), e);
        }
    }

    private void putBack(HeldRecord record) {
        record.replaceWithoutWaiting(producer, TaskMessages.key(record.message()), record.message().value());
    }

    /** Empty where the message is no delivery, or nobody waits for it. */
    private Optional<Held> read(HeldRecord record) {
        try {
            var held = new Held(record, TaskMessages.delivery(record.message()));
            if (!held.delivery.tasks().stream().map(Task::id).allMatch(held::isWithdrawn)) {
                return Optional.of(held);
            }
        } catch (BadInput e) {
            if (MessageVersion.isNewer(record.message())) {
                // other workers may understand it
                record.replaceBy(producer, TaskMessages.key(record.message()), record.message().value());
                throw new TransportFailed("a driver asks for what this worker is too old for: " + e.getMessage(), e);
            }
            RefusedMessages.add(record.message(), e);
        }
        record.settle(AcknowledgeType.ACCEPT);
        return Optional.empty();
    }

    private boolean isPassedOn(Held held, Optional<ModelReference> loaded) {
        if (held.isRedelivered() || !held.delivery.isBetterElsewhere(loaded)) {
            return false;
        }
        held.record.replaceBy(producer, held.delivery.id(), TaskMessages.write(held.delivery.passOn()));
        return true;
    }

    private boolean isClosed() {
        return members.values().stream().anyMatch(ShareGroupMember::isClosing);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Returns once the message is durable; a broker that is away is waited for, unless the thread is interrupted. */
    private void send(String topic, String key, byte[] value) {
        while (true) {
            try {
                Clients.send(producer, topic, key, value);
                return;
            } catch (KafkaException e) {
                if (Thread.currentThread().isInterrupted() || Clients.isFatal(e.getCause())) {
                    throw new TransportFailed(e.getMessage(), e);
                }
                LOG.warn("trying again: {}", e.getMessage());
            }
        }
    }

    private final class Held implements WorkQueue.Held {

        private final HeldRecord record;
        private final Delivery delivery;
        /** Version of the driver that asked. */
        private final int asker;
        private final Set<TaskId> published = ConcurrentHashMap.newKeySet();

        Held(HeldRecord record, Delivery delivery) {
            this.record = record;
            this.delivery = delivery;
            asker = MessageVersion.of(record.message());
        }

        @Override
        public Delivery delivery() {
            return delivery;
        }

        @Override
        public boolean isRedelivered() {
            return record.deliveryCount() > 1;
        }

        @Override
        public boolean isLost() {
            return record.isLost();
        }

        @Override
        public boolean isWithdrawn(TaskId task) {
            return withdrawn.contains(delivery.run()) || isAnsweredByAnother(task);
        }

        @Override
        public void publish(Result result) {
            if (!isAnsweredByAnother(result.id())) {
                send(settings.results(), TaskMessages.newKey(result), TaskMessages.write(result));
            }
            published.add(result.id());
        }

        @Override
        public void publish(Attempt attempt) {
            send(settings.attempts(), attempt.task().value(), TaskMessages.write(attempt, asker));
            published.add(attempt.task());
        }

        @Override
        public void settle() {
            record.settle(AcknowledgeType.ACCEPT);
            current = null;
        }

        /** Tells what was not done; where the broker is away the record itself goes back, when the member leaves. */
        private void giveBack() {
            try {
                for (var task : delivery.tasks()) {
                    if (!published.contains(task.id())) {
                        publish(new Attempt(task.id(), delivery.id(), worker, Attempt.Kind.RELEASED, "the worker left", Optional.empty(), 0,
                                clock.instant()));
                    }
                }
                settle();
            } catch (TransportFailed e) {
                LOG.warn("left without a word about a delivery: {}", e.getMessage());
            }
        }
    }
}
