package io.longrope.search.kafka;

import io.longrope.search.problem.Require;
import io.longrope.search.work.Daemons;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Reads a topic of one partition in order, first what it holds and then what comes, on a thread of its own. Outlives
 * broker restarts.
 */
final class TopicTail implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TopicTail.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 500;

    private final KafkaSettings settings;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final Consumer<ConsumerRecord<byte[], byte[]>> listener;
    private final long end;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final Thread thread;
    private final Metric connections;
    /** Nanoseconds; only the reading thread's. */
    private long lastConnected = System.nanoTime();
    private volatile boolean asking;
    private volatile boolean closing;

    /** Where to begin reading. */
    private interface Start {

        Start BEGINNING = (consumer, partition, end) -> consumer.beginningOffsets(List.of(partition)).get(partition);
        Start END = (consumer, partition, end) -> end;

        long offset(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long end);

        static Start offset(long from) {
            return (consumer, partition, end) -> from;
        }

        static Start time(Instant from) {
            return (consumer, partition, end) -> {
                var found = consumer.offsetsForTimes(Map.of(partition, from.toEpochMilli())).get(partition);
                return found == null ? end : found.offset();
            };
        }
    }

    private TopicTail(KafkaSettings settings, KafkaConsumer<byte[], byte[]> consumer, String topic, Start start,
                      Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        this.settings = settings;
        this.partition = new TopicPartition(topic, 0);
        this.listener = listener;
        this.consumer = consumer;
        connections = BrokerLink.connections(consumer.metrics());
        try {
            consumer.assign(List.of(partition));
            long next = BrokerLink.answered(settings, () -> consumer.endOffsets(List.of(partition)).get(partition));
            end = next;
            consumer.seek(partition, BrokerLink.answered(settings, () -> start.offset(consumer, partition, next)));
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
        thread = Daemons.thread("tail-" + topic, this::run);
    }

    /** From the oldest record on. Exceptions of the listener are logged and the record is passed over. */
    static TopicTail fromBeginning(KafkaSettings settings, String topic, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        return started(new TopicTail(settings, Clients.consumer(settings), topic, Start.BEGINNING, listener));
    }

    /** As {@link #fromBeginning}, a quarter of a second late: where many read what is written often, each record would wake them all. */
    static TopicTail fromBeginningInBatches(KafkaSettings settings, String topic, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        return started(new TopicTail(settings, Clients.patientConsumer(settings), topic, Start.BEGINNING, listener));
    }

    /** From the next record on, whatever is written after this returned. */
    static TopicTail fromNow(KafkaSettings settings, String topic, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        return started(new TopicTail(settings, Clients.consumer(settings), topic, Start.END, listener));
    }

    /** As {@link #fromNow}, a quarter of a second late. */
    static TopicTail fromNowInBatches(KafkaSettings settings, String topic, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        return started(new TopicTail(settings, Clients.patientConsumer(settings), topic, Start.END, listener));
    }

    /** From the first record written at a time or later. */
    static TopicTail since(KafkaSettings settings, String topic, Instant time, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        return started(new TopicTail(settings, Clients.consumer(settings), topic, Start.time(time), listener));
    }

    /** From a record on, or the next one there is. */
    static TopicTail fromOffset(KafkaSettings settings, String topic, long offset, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        return started(new TopicTail(settings, Clients.consumer(settings), topic, Start.offset(offset), listener));
    }

    /** Passes on what the topic holds from a record on, then returns. */
    static void readFrom(KafkaSettings settings, String topic, long offset, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        try (var tail = fromOffset(settings, topic, offset, listener)) {
            tail.awaitCaughtUp();
        }
    }

    /** Passes on everything the topic holds, then returns. */
    static void readAll(KafkaSettings settings, String topic, Consumer<ConsumerRecord<byte[], byte[]>> listener) {
        try (var tail = fromBeginning(settings, topic, listener)) {
            tail.awaitCaughtUp();
        }
    }

    /** Waits until everything that was in the topic when this was opened has been passed on. */
    TopicTail awaitCaughtUp() {
        try {
            caughtUp.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        return this;
    }

    /** Tells people when the broker is away: what is read to its end looks the same as when nothing comes. */
    TopicTail tellingOfAbsence() {
        asking = true;
        return this;
    }

    /** Calls back should reading end for good, for lack of permission for example. */
    void onFailure(Consumer<Throwable> action) {
        failure.whenComplete((nothing, cause) -> {
            if (cause != null) {
                action.accept(cause);
            }
        });
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        Threads.join(thread);
    }

    private static TopicTail started(TopicTail tail) {
        tail.thread.start();
        return tail;
    }

    private void run() {
        try {
            while (!closing) {
                poll();
            }
            caughtUp.completeExceptionally(new IllegalStateException("closed"));
        } catch (RuntimeException e) {
            LOG.error("reading {} ended: {}", partition.topic(), KafkaFaults.words(e));
            caughtUp.completeExceptionally(e);
            failure.completeExceptionally(e);
        } finally {
            // nothing to commit, and the answer to the last fetch need not be waited for
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void poll() {
        try {
            if (!caughtUp.isDone() && consumer.position(partition) >= end) {
                caughtUp.complete(null);
            }
            consumer.poll(caughtUp.isDone() ? POLL : POLL.dividedBy(10)).forEach(this::pass);
            if (asking && isCutOff()) {
                BrokerLink.awaitBroker(settings, () -> closing);
                lastConnected = System.nanoTime();
            }
        } catch (WakeupException e) {
            Require.that(closing, "wake-up", "must come from closing", "another");
        } catch (RuntimeException e) {
            if (Clients.isFatal(e)) {
                throw e;
            }
            if (KafkaFaults.isAbsence(e)) {
                BrokerAbsence.of(settings).noticed();
            } else {
                LOG.warn("reading {} failed, trying again: {}", partition.topic(), KafkaFaults.words(e));
            }
            LOG.debug("reading {} failed", partition.topic(), e);
            Threads.sleep(RETRY_MILLIS);
        }
    }

    /** Polling tells nothing of it. A connection that breaks is made anew within the patience. */
    private boolean isCutOff() {
        if ((double) connections.metricValue() > 0) {
            lastConnected = System.nanoTime();
        }
        return System.nanoTime() - lastConnected > BrokerLink.PATIENCE.toNanos();
    }

    private void pass(ConsumerRecord<byte[], byte[]> message) {
        try {
            listener.accept(message);
        } catch (RuntimeException e) {
            LOG.error("record {} of {} passed over", message.offset(), partition.topic(), e);
        }
    }
}
