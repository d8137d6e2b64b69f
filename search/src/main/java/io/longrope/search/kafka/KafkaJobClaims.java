package io.longrope.search.kafka;

import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.problem.BadInput;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.KafkaProducer;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Claims by a share group on the jobs topic: a job's message stays locked, and the lock is renewed, for as long as its
 * driver lives. A share group rather than a consumer group, because any number of drivers can share one partition and a
 * job moves alone, without a rebalance that stops the others. A driver killed is noticed when its connection breaks, one cut
 * off when its lock expires (30 seconds by default).
 */
public final class KafkaJobClaims implements JobClaims {

    /** A job that outlived this many drivers is taken for what killed them. */
    private static final int DELIVERY_LIMIT = 10;
    /** Kafka forgets a message it delivered too often (5 times by default); a copy made before begins anew. */
    private static final int COPY_AT = 3;

    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaSettings settings;
    private final JobLog log;
    private final InstantSource clock;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ShareGroupMember member;
    private final AtomicLong refused = new AtomicLong();

    private KafkaJobClaims(KafkaSettings settings, String driver, JobLog log, InstantSource clock) {
        this.settings = settings;
        this.log = log;
        this.clock = clock;
        producer = Clients.producer(settings);
        member = new ShareGroupMember(settings, settings.jobs(), driver);
    }

    /**
     * @param driver a name for the group's listing
     * @param log    tells which jobs have ended; stays the caller's
     * @param clock  dates the event that gives a job up
     */
    public static KafkaJobClaims open(KafkaSettings settings, String driver, JobLog log, InstantSource clock) {
        return new KafkaJobClaims(settings, driver, log, clock);
    }

    @Override
    public Optional<Claim> claim(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            var held = member.take(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            if (held.isEmpty()) {
                return Optional.empty();
            }
            var claim = held.flatMap(this::claim);
            if (claim.isPresent()) {
                return claim;
            }
        }
    }

    /** Messages on the jobs topic that were no jobs. */
    public long refused() {
        return refused.get();
    }

    @Override
    public void close() {
        member.close();
        producer.close(CLOSE);
    }

    private Optional<Claim> claim(HeldRecord held) {
        Held claim;
        try {
            claim = new Held(held, JobMessage.read(held.message().value()));
        } catch (BadInput e) {
            refused.incrementAndGet();
            RefusedMessages.add(held.message(), e);
            held.settle(AcknowledgeType.ACCEPT);
            return Optional.empty();
        }
        if (!mayRun(claim.id())) {
            claim.finish();
            return Optional.empty();
        }
        if (claim.deliveries() > DELIVERY_LIMIT) {
            var reason = "no driver finished it in " + DELIVERY_LIMIT + " tries";
            log.publish(JobEvent.of(claim.id(), JobEvent.Kind.FAILED, reason, clock.instant()));
            claim.finish();
            return Optional.empty();
        }
        if (held.deliveryCount() >= COPY_AT) {
            claim.handOn(claim.deliveries() - 1);
            return Optional.empty();
        }
        return Optional.of(claim);
    }

    /** One that was removed while it waited here is in no list. */
    private boolean mayRun(JobId id) {
        return log.state(id).filter(state -> !state.phase().hasEnded()).isPresent();
    }

    private final class Held implements Claim {

        private final HeldRecord held;
        private final JobMessage message;

        Held(HeldRecord held, JobMessage message) {
            this.held = held;
            this.message = message;
        }

        JobId id() {
            return submission().id();
        }

        int deliveries() {
            return message.deliveries() + held.deliveryCount();
        }

        @Override
        public JobSubmission submission() {
            return message.submission();
        }

        @Override
        public boolean isLost() {
            return held.isLost();
        }

        @Override
        public void finish() {
            held.settle(AcknowledgeType.ACCEPT);
        }

        @Override
        public void release() {
            handOn(deliveries() - 1);
        }

        private void handOn(int deliveries) {
            held.replaceBy(producer, id().value(), new JobMessage(submission(), deliveries).write());
        }
    }
}
