package io.longrope.search.kafka;

import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.problem.BadInput;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Claims by a share group on the jobs topic: a job's message stays locked, and the lock is renewed, for as long as its
 * driver lives. A share group rather than a consumer group, because any number of drivers can share one partition and a
 * job moves alone, without a rebalance that stops the others. A driver killed is noticed when its connection breaks, one cut
 * off when its lock expires (30 seconds by default).
 */
public final class KafkaJobClaims implements JobClaims {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaJobClaims.class);
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
        var passedOver = new HashSet<JobId>();
        while (true) {
            var held = member.take(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            if (held.isEmpty()) {
                return Optional.empty();
            }
            var claim = held.flatMap(record -> claim(record, passedOver));
            if (claim.isPresent()) {
                return claim;
            }
        }
    }

    /**
     * The names of all that wait for jobs or run them, of a Kafka that was made ready.
     *
     * @return empty where it does not tell us
     */
    public static Optional<Set<String>> drivers(KafkaSettings settings) {
        try (var admin = Clients.admin(settings)) {
            return Optional.of(ShareGroups.members(admin, settings.jobs()));
        } catch (KafkaException e) {
            LOG.debug("drivers are not told", e);
            return Optional.empty();
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

    /** @param passedOver jobs put back for one of greater priority; each once, for that one may be nobody's to have */
    private Optional<Claim> claim(HeldRecord held, Set<JobId> passedOver) {
        var read = read(held);
        if (read.isEmpty()) {
            return Optional.empty();
        }
        var claim = read.get();
        var states = log.states();
        // one that was removed while it waited here is in no list
        var state = states.stream().filter(one -> one.id().equals(claim.id()) && !one.phase().hasEnded()).findFirst();
        if (state.isEmpty() || isReplaced(claim.submission())) {
            claim.finish();
            return Optional.empty();
        }
        if (claim.deliveries() > DELIVERY_LIMIT) {
            var reason = "no driver finished it in " + DELIVERY_LIMIT + " tries";
            log.publish(JobEvent.of(claim.id(), JobEvent.Kind.FAILED, reason, clock.instant()));
            claim.finish();
            return Optional.empty();
        }
        if (held.deliveryCount() >= COPY_AT || isOutranked(state.get(), states) && passedOver.add(claim.id())) {
            claim.handOn(claim.deliveries() - 1);
            return Optional.empty();
        }
        return Optional.of(claim);
    }

    /** Empty where the message is no job; then it is off the queue. */
    private Optional<Held> read(HeldRecord held) {
        try {
            return Optional.of(new Held(held, JobMessage.read(held.message())));
        } catch (BadInput e) {
            if (MessageVersion.isNewer(held.message())) {
                // other drivers may understand it
                held.replaceBy(producer, TaskMessages.key(held.message()), held.message().value());
                throw e;
            }
            refused.incrementAndGet();
            RefusedMessages.add(held.message(), e);
            held.settle(AcknowledgeType.ACCEPT);
            return Optional.empty();
        }
    }

    /**
     * A job that was paused and resumed before a driver took it has a message of each time; the one kept last stands for it. Their times
     * tell them apart and nothing more: they may be of two machines' clocks.
     */
    private boolean isReplaced(JobSubmission submission) {
        return log.submission(submission.id()).filter(last -> !last.at().equals(submission.at())).isPresent();
    }

    /** Another waits for a driver too, and has a greater priority. */
    private static boolean isOutranked(JobState job, List<JobState> states) {
        return states.stream().anyMatch(other -> other.phase() == JobState.Phase.QUEUED && other.priority() > job.priority());
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
