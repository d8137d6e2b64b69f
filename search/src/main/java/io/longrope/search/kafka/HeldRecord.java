package io.longrope.search.kafka;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A record that a {@link ShareGroupMember} holds until it is settled or lost. The holder's threads settle it; the
 * member's polling thread waits for that and tells Kafka.
 */
final class HeldRecord {

    private static final Logger LOG = LoggerFactory.getLogger(HeldRecord.class);

    private final ConsumerRecord<byte[], byte[]> message;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private AcknowledgeType settled;
    private boolean leaving;
    private boolean ended;

    HeldRecord(ConsumerRecord<byte[], byte[]> message) {
        this.message = message;
    }

    ConsumerRecord<byte[], byte[]> message() {
        return message;
    }

    /** 1 at the first delivery, as far as the broker knows. */
    int deliveryCount() {
        return message.deliveryCount().map(Short::intValue).orElse(1);
    }

    /** True when it is no longer held, without having been settled. */
    boolean isLost() {
        lock.lock();
        try {
            return ended && settled == null;
        } finally {
            lock.unlock();
        }
    }

    /** Says what became of the record; the member tells Kafka at the next opportunity. Does nothing when it is lost or settled. */
    void settle(AcknowledgeType type) {
        lock.lock();
        try {
            if (settled != null || ended) {
                return;
            }
            settled = type;
            changed.signalAll();
            while (!ended) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #settle}, for the polling thread itself, which tells Kafka next. */
    private void settleWithoutWaiting(AcknowledgeType type) {
        locked(() -> {
            if (settled == null && !ended) {
                settled = type;
            }
        });
    }

    /** As {@link #replaceBy}, for the polling thread itself. */
    void replaceWithoutWaiting(KafkaProducer<byte[], byte[]> producer, String key, byte[] copy) {
        settleWithoutWaiting(copied(producer, key, copy));
    }

    /**
     * Puts a copy at the end of the topic in the record's place. The copy can carry a count of its own, whereas Kafka counts
     * every release.
     */
    void replaceBy(KafkaProducer<byte[], byte[]> producer, String key, byte[] copy) {
        if (!isHeld()) {
            return;
        }
        settle(copied(producer, key, copy));
    }

    /** How the record is to be settled then. */
    private AcknowledgeType copied(KafkaProducer<byte[], byte[]> producer, String key, byte[] copy) {
        try {
            Clients.sendCopySoon(producer, message, key, copy);
            return AcknowledgeType.ACCEPT;
        } catch (KafkaException e) {
            LOG.warn("record {} of {} released: {}", message.offset(), message.topic(), KafkaFaults.words(e));
            return AcknowledgeType.RELEASE;
        }
    }

    /** How it was settled; to be renewed when it was not within a time; to be released when the member leaves. */
    AcknowledgeType awaitSettled(int millis) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (settled == null && !leaving && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            if (settled != null) {
                return settled;
            }
            return leaving ? AcknowledgeType.RELEASE : AcknowledgeType.RENEW;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the polling thread", e);
        } finally {
            lock.unlock();
        }
    }

    /** The member leaves: it need not be waited for. */
    void leave() {
        locked(() -> leaving = true);
    }

    /** Kafka will be told, or the hold was lost. */
    void end() {
        locked(() -> ended = true);
    }

    private boolean isHeld() {
        lock.lock();
        try {
            return !ended && settled == null;
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
