package io.longrope.search.kafka;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One member of the share group of a topic (both have one name), holding one record at a time. A thread of its own owns the consumer: it polls only while
 * somebody waits in {@link #take}, and renews the lock of the record held at a third of its duration until the holder
 * settles it. A broker that restarts is waited for; the record held then counts as lost.
 */
final class ShareGroupMember implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShareGroupMember.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration COMMIT = Duration.ofSeconds(5);
    private static final int DEFAULT_LOCK_MILLIS = 30_000;
    private static final long RETRY_MILLIS = 500;
    private static final long MAX_RETRY_MILLIS = 16_000;

    private final KafkaSettings settings;
    private final String topic;
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    /** Records acquired, counted by the polling thread alone. */
    private long acquired;
    private int waiting;
    private HeldRecord offered;
    private HeldRecord current;
    private boolean closing;
    private RuntimeException failure;

    /** @param name tells the members of a group apart */
    ShareGroupMember(KafkaSettings settings, String topic, String name) {
        this.settings = settings;
        this.topic = topic;
        this.name = name;
        thread = new Thread(this::run, "share-" + topic);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits for a record. Empty when none came in time or the member is closing.
     *
     * @throws RuntimeException what ended the member for good, for lack of permission for example
     */
    Optional<HeldRecord> take(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            waiting++;
            changed.signalAll();
            while (offered == null && nanos > 0 && !closing && failure == null) {
                nanos = changed.awaitNanos(nanos);
            }
            if (failure != null) {
                throw failure;
            }
            var taken = Optional.ofNullable(offered);
            offered = null;
            return taken;
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /** Gives back the record held and leaves the group. */
    @Override
    public void close() {
        locked(() -> {
            closing = true;
            if (current != null) {
                current.leave();
            }
            changed.signalAll();
        });
        Threads.join(thread);
    }

    private void run() {
        long retryMillis = RETRY_MILLIS;
        while (!isClosing()) {
            long served = acquired;
            try (var consumer = Clients.shareConsumer(settings, topic, name)) {
                consumer.subscribe(List.of(topic));
                serve(consumer);
            } catch (RuntimeException e) {
                if (Clients.isFatal(e)) {
                    fail(e);
                    return;
                }
                LOG.warn("group {} lost, joining again: {}", topic, e.toString());
                retryMillis = acquired > served ? RETRY_MILLIS : Math.min(2 * retryMillis, MAX_RETRY_MILLIS);
                awaitClosing(retryMillis);
            }
        }
    }

    private void serve(KafkaShareConsumer<byte[], byte[]> consumer) {
        while (awaitTaker()) {
            for (var message : consumer.poll(POLL)) {
                hold(consumer, message);
            }
        }
    }

    private void hold(KafkaShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> message) {
        var held = new HeldRecord(message);
        acquired++;
        try {
            offer(held);
            int lockMillis = consumer.acquisitionLockTimeoutMs().orElse(DEFAULT_LOCK_MILLIS);
            while (!acknowledge(consumer, held, held.awaitSettled(lockMillis / 3)) && redelivered(consumer, held, lockMillis / 3)) {
                LOG.debug("renewed {}", message.offset());
            }
        } finally {
            end(held);
        }
    }

    /** Whether that was the end of it: settled, or lost. */
    private boolean acknowledge(KafkaShareConsumer<byte[], byte[]> consumer, HeldRecord held, AcknowledgeType type) {
        consumer.acknowledge(held.message(), type);
        var error = consumer.commitSync(COMMIT).values().stream().flatMap(Optional::stream).findFirst();
        error.ifPresent(e -> LOG.warn("record {} of {} is no longer held: {}", held.message().offset(), topic, e.getMessage()));
        return type != AcknowledgeType.RENEW || error.isPresent();
    }

    /** A renewed record comes with the next poll, at once; it must, before it can be acknowledged again. */
    private boolean redelivered(KafkaShareConsumer<byte[], byte[]> consumer, HeldRecord held, int patienceMillis) {
        for (long waited = 0; waited < patienceMillis; waited += POLL.toMillis()) {
            for (var message : consumer.poll(waited == 0 ? Duration.ZERO : POLL)) {
                if (message.offset() == held.message().offset()) {
                    return true;
                }
                consumer.acknowledge(message, AcknowledgeType.RELEASE);
            }
        }
        LOG.warn("record {} of {} is no longer held: it did not come back when renewed", held.message().offset(), topic);
        return false;
    }

    private boolean awaitTaker() {
        lock.lock();
        try {
            while (waiting == 0 && !closing) {
                changed.awaitUninterruptibly();
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    private void awaitClosing(long millis) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (!closing && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the polling thread", e);
        } finally {
            lock.unlock();
        }
    }

    private void offer(HeldRecord held) {
        locked(() -> {
            offered = held;
            current = held;
            if (closing) {
                held.leave();
            }
            changed.signalAll();
        });
    }

    private void end(HeldRecord held) {
        locked(() -> {
            offered = null;
            current = null;
        });
        held.end();
    }

    private void fail(RuntimeException e) {
        LOG.error("group {} ended: {}", topic, e.getMessage());
        locked(() -> {
            failure = e;
            changed.signalAll();
        });
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
