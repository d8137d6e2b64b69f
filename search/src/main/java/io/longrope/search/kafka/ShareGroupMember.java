package io.longrope.search.kafka;

import io.longrope.search.work.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One member of the share group of a topic (both have one name), holding one record at a time. A thread of its own polls only while
 * somebody waits in {@link #take}, and keeps the record until the holder settles it. How it was settled goes to Kafka with the
 * request for the next record, or alone when nobody takes one at once.
 * A broker that restarts is waited for; the record held then counts as lost.
 */
final class ShareGroupMember implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShareGroupMember.class);
    /** Who settles a record and wants another takes it within this time. */
    private static final long NEXT_TAKE_MILLIS = 20;
    private static final long LOOK_MILLIS = 500;
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
    /** What becomes of a record nobody wants now; null while somebody may. Called by the polling thread: must not wait. */
    private Consumer<HeldRecord> unwanted;
    private boolean closing;
    private RuntimeException failure;

    /** @param name tells the members of a group apart */
    ShareGroupMember(KafkaSettings settings, String topic, String name) {
        this.settings = settings;
        this.topic = topic;
        this.name = name;
        thread = Daemons.thread("share-" + topic, this::run);
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
            unwanted = null;
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

    /**
     * Nobody will take anything for a while. A record that comes all the same, for it was asked for before, is not kept waiting.
     *
     * @param action puts it back; called by the polling thread, so it must not wait for the record to be settled
     */
    void decline(Consumer<HeldRecord> action) {
        locked(() -> {
            unwanted = action;
            if (offered != null) {
                action.accept(offered);
                offered = null;
            }
        });
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
            try {
                join();
                BrokerLink.awaitBroker(settings, this::isClosing);
            } catch (RuntimeException e) {
                if (Clients.isFatal(e)) {
                    fail(e);
                    return;
                }
                if (KafkaFaults.isAbsence(e)) {
                    BrokerAbsence.of(settings).noticed();
                } else {
                    LOG.warn("group {} lost, joining again: {}", topic, KafkaFaults.words(e));
                }
                LOG.debug("group {} lost", topic, e);
                retryMillis = acquired > served ? RETRY_MILLIS : Math.min(2 * retryMillis, MAX_RETRY_MILLIS);
                awaitUntil(() -> false, retryMillis);
            }
        }
    }

    /** Is a member until it closes or the broker is away. Leaving tells what is not yet told. */
    private void join() {
        try (var session = ShareGroupSession.open(settings, topic, name)) {
            long patienceMillis = LOOK_MILLIS;
            while (!isClosing() && !session.isLost()) {
                if (awaitUntil(() -> waiting > 0, patienceMillis)) {
                    for (var message : session.poll()) {
                        hold(session, new HeldRecord(message));
                        patienceMillis = NEXT_TAKE_MILLIS;
                    }
                } else {
                    session.tell();
                    patienceMillis = LOOK_MILLIS;
                }
            }
        }
    }

    private void hold(ShareGroupSession session, HeldRecord held) {
        acquired++;
        try {
            offer(held);
            session.keep(held);
        } finally {
            end(held);
        }
    }

    /** Waits until the condition holds, the member closes, or the time is over; whether it holds and the member stays. */
    private boolean awaitUntil(BooleanSupplier condition, long millis) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (!closing && !condition.getAsBoolean() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return !closing && condition.getAsBoolean();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the polling thread", e);
        } finally {
            lock.unlock();
        }
    }

    private void offer(HeldRecord held) {
        locked(() -> {
            current = held;
            if (unwanted == null) {
                offered = held;
            } else {
                unwanted.accept(held);
            }
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
        LOG.error("group {} ended: {}", topic, KafkaFaults.words(e));
        locked(() -> {
            failure = e;
            changed.signalAll();
        });
    }

    boolean isClosing() {
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
