package io.longrope.search.kafka;

import io.longrope.search.work.DeliveryRules;
import io.longrope.search.work.Evaluation;
import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.Score;
import io.longrope.search.work.SteadyClock;
import io.longrope.search.work.EvaluationQueue;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A worker's end of a queue in Kafka, for one worker thread. An evaluation whose score is in the journal is settled
 * without being handed out; so is one that the rules give up, with a {@link Score.Outcome#GIVEN_UP} score; so is any message that is no
 * evaluation, with a log line.
 */
public final class KafkaEvaluationQueue implements EvaluationQueue {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaEvaluationQueue.class);
    /** Keeps a worker that refuses all there is from spinning. */
    private static final long REFUSED_PAUSE_MILLIS = 500;
    /** A worker that may exist and has refused nothing. */
    private static final String SOMEBODY = "";

    private final KafkaSettings settings;
    private final String topic;
    private final String worker;
    private final DeliveryRules rules;
    private final InstantSource clock;
    private final Set<EvaluationId> answered = ConcurrentHashMap.newKeySet();
    /** Offsets below which messages of an evaluation need not be measured. */
    private final Map<EvaluationId, Long> withdrawn = new ConcurrentHashMap<>();
    /** Since when this worker knows that an evaluation was refused. */
    private final Map<EvaluationId, Instant> metRefused = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();
    private final KafkaProducer<byte[], byte[]> producer;
    private final ScoreJournal journal;
    private final ShareGroupMember member;

    private KafkaEvaluationQueue(KafkaSettings settings, String queue, String worker, DeliveryRules rules, InstantSource clock) {
        this.settings = settings;
        this.topic = settings.evaluations(queue);
        this.worker = Require.notBlank(worker, "worker");
        this.rules = rules;
        this.clock = clock;
        journal = ScoreJournal.openForWorker(settings, score -> answered.add(score.id()), this::withdraw);
        producer = Clients.producer(settings);
        member = new ShareGroupMember(settings, topic, worker);
    }

    /** Joins a queue that {@link Topics#prepare} made ready, under the default rules. */
    public static KafkaEvaluationQueue open(KafkaSettings settings, String queue, String worker) {
        return open(settings, queue, worker, DeliveryRules.DEFAULT, SteadyClock.start());
    }

    /**
     * @param worker a name no other worker of the queue has, for logs and reports
     * @param clock  measures for how long an evaluation has been refused, since this worker first met it as refused; one that does not jump
     */
    public static KafkaEvaluationQueue open(KafkaSettings settings, String queue, String worker, DeliveryRules rules, InstantSource clock) {
        return new KafkaEvaluationQueue(settings, queue, worker, rules, clock);
    }

    @Override
    public Optional<Assignment> take(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            var held = member.take(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            if (held.isEmpty()) {
                return Optional.empty();
            }
            var assignment = held.flatMap(this::assignment);
            if (assignment.isPresent()) {
                return assignment;
            }
        }
    }

    /** Messages in the queue that were no evaluations. */
    public long refused() {
        return refused.get();
    }

    @Override
    public void close() {
        member.close();
        journal.close();
        // every message was waited for
        producer.close(Duration.ZERO);
    }

    private Optional<Assignment> assignment(HeldRecord held) {
        Held assignment;
        try {
            assignment = new Held(held, EvaluationMessage.read(held.message().value()));
            assignment.requireKey();
        } catch (BadInput e) {
            refused.incrementAndGet();
            RefusedMessages.add(held.message(), e);
            held.settle(AcknowledgeType.ACCEPT);
            return Optional.empty();
        }
        var refusals = refusals(assignment);
        switch (rules.judge(isSettled(assignment), assignment.deliveryCount(), refusals, worker, this::members)) {
            case MEASURE -> {
                return Optional.of(assignment);
            }
            case DROP -> held.settle(AcknowledgeType.ACCEPT);
            case GIVE_UP -> assignment.reject("no worker finished it in " + rules.limit() + " deliveries");
            case GIVE_UP_REFUSED -> assignment.reject("every worker refused it: " + assignment.message.refusals().get(worker));
            case PASS_ON -> {
                Threads.sleep(REFUSED_PAUSE_MILLIS);
                assignment.release();
            }
        }
        return Optional.empty();
    }

    private DeliveryRules.Refusals refusals(Held assignment) {
        var workers = assignment.message.refusals().keySet();
        if (workers.isEmpty()) {
            return DeliveryRules.Refusals.NONE;
        }
        var now = clock.instant();
        return new DeliveryRules.Refusals(workers, Duration.between(metRefused.computeIfAbsent(assignment.id, id -> now), now));
    }

    private boolean isSettled(Held assignment) {
        return answered.contains(assignment.id) || assignment.isWithdrawn();
    }

    private void withdraw(Withdrawal withdrawal) {
        if (withdrawal.topic().equals(topic)) {
            withdrawn.merge(withdrawal.id(), withdrawal.before(), Math::max);
        }
    }

    private Set<String> members() {
        try (var admin = Clients.admin(settings)) {
            return ShareGroups.members(admin, topic);
        } catch (KafkaException e) {
            LOG.warn("cannot tell who else works on {}: {}", topic, e.getMessage());
            return Set.of(SOMEBODY);
        }
    }

    private final class Held implements Assignment {

        private final HeldRecord held;
        private final EvaluationMessage message;
        private final EvaluationId id;

        Held(HeldRecord held, EvaluationMessage message) {
            this.held = held;
            this.message = message;
            this.id = message.evaluation().id();
        }

        void requireKey() {
            var key = held.message().key() == null ? "" : new String(held.message().key(), StandardCharsets.UTF_8);
            Require.that(key.equals(id.value()), "evaluation", "must have its id " + id.brief() + " as the message's key", "another key");
        }

        @Override
        public Evaluation evaluation() {
            return message.evaluation();
        }

        @Override
        public int deliveryCount() {
            return message.deliveries() + held.deliveryCount();
        }

        @Override
        public boolean isLost() {
            return held.isLost();
        }

        @Override
        public boolean isWithdrawn() {
            return held.message().offset() < withdrawn.getOrDefault(id, 0L);
        }

        @Override
        public void complete(Score score) {
            Require.that(score.id().equals(id), "score.id", "must be the evaluation's", score.id());
            if (!answered.contains(id)) {
                ScoreJournal.write(producer, settings, score);
                answered.add(id);
            }
            metRefused.remove(id);
            held.settle(AcknowledgeType.ACCEPT);
        }

        @Override
        public void release() {
            handOn(message.withDeliveries(deliveryCount() - 1));
        }

        @Override
        public void fail(String reason) {
            if (rules.isLast(deliveryCount())) {
                reject(reason);
            } else {
                handOn(message.withDeliveries(deliveryCount()));
            }
        }

        @Override
        public void refuse(String reason) {
            handOn(message.withDeliveries(deliveryCount() - 1).refusedBy(worker, reason));
        }

        @Override
        public void reject(String reason) {
            LOG.warn("evaluation {} given up: {}", id.brief(), reason);
            complete(Score.givenUp(id, reason, worker));
        }

        /** A copy would be a new question, which no withdrawal concerns. */
        private void handOn(EvaluationMessage copy) {
            if (isWithdrawn()) {
                held.settle(AcknowledgeType.ACCEPT);
                return;
            }
            held.replaceBy(producer, id.value(), copy.write());
        }
    }
}
