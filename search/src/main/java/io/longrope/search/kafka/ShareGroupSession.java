package io.longrope.search.kafka;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A stay in a share group, from joining to leaving or until the broker is away. For one thread. */
final class ShareGroupSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShareGroupSession.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration COMMIT = Duration.ofSeconds(5);
    private static final int DEFAULT_LOCK_MILLIS = 30_000;

    private final String topic;
    private final KafkaShareConsumer<byte[], byte[]> consumer;
    private final BrokerLink link;

    private ShareGroupSession(String topic, KafkaShareConsumer<byte[], byte[]> consumer) {
        this.topic = topic;
        this.consumer = consumer;
        link = new BrokerLink(consumer);
    }

    static ShareGroupSession open(KafkaSettings settings, String topic, String name) {
        var session = new ShareGroupSession(topic, Clients.shareConsumer(settings, topic, name));
        try {
            session.consumer.subscribe(List.of(topic));
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    boolean isLost() {
        return link.isLost();
    }

    /** At most one record; none when none came soon. What was acknowledged before goes with the request. */
    ConsumerRecords<byte[], byte[]> poll() {
        return consumer.poll(POLL);
    }

    /** Tells Kafka what was acknowledged since the last request; does nothing when there is nothing to tell. */
    void tell() {
        consumer.commitSync(COMMIT);
    }

    /** Renews the lock at a third of its duration until the record is settled, and acknowledges it; or until it is lost. */
    void keep(HeldRecord held) {
        int patienceMillis = consumer.acquisitionLockTimeoutMs().orElse(DEFAULT_LOCK_MILLIS) / 3;
        var type = held.awaitSettled(patienceMillis);
        while (type == AcknowledgeType.RENEW && renewed(held.message()) && redelivered(held.message(), patienceMillis)) {
            LOG.debug("renewed {}", held.message().offset());
            type = held.awaitSettled(patienceMillis);
        }
        if (type != AcknowledgeType.RENEW) {
            consumer.acknowledge(held.message(), type);
        }
    }

    @Override
    public void close() {
        link.close();
    }

    private boolean renewed(ConsumerRecord<byte[], byte[]> record) {
        consumer.acknowledge(record, AcknowledgeType.RENEW);
        var error = consumer.commitSync(COMMIT).values().stream().flatMap(Optional::stream).findFirst();
        error.ifPresent(e -> LOG.warn("record {} of {} is no longer held: {}", record.offset(), topic, KafkaFaults.words(e)));
        return error.isEmpty();
    }

    /** A renewed record comes with the next poll, at once; it must, before it can be acknowledged again. */
    private boolean redelivered(ConsumerRecord<byte[], byte[]> record, int patienceMillis) {
        for (long waited = 0; waited < patienceMillis; waited += POLL.toMillis()) {
            for (var message : consumer.poll(waited == 0 ? Duration.ZERO : POLL)) {
                if (message.offset() == record.offset()) {
                    return true;
                }
                consumer.acknowledge(message, AcknowledgeType.RELEASE);
            }
        }
        LOG.warn("record {} of {} is no longer held: it did not come back when renewed", record.offset(), topic);
        return false;
    }
}
