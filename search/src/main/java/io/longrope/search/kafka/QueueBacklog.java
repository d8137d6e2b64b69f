package io.longrope.search.kafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a queue holds: deliveries that wait, run, or were settled out of order. */
final class QueueBacklog {

    private static final Logger LOG = LoggerFactory.getLogger(QueueBacklog.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private QueueBacklog() {
    }

    /** Passes on every message that workers may still take, and those settled out of order. Lets Kafka delete what they are done with. */
    static void read(KafkaSettings settings, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        var partition = new TopicPartition(topic, 0);
        long start;
        try (var admin = Clients.admin(settings)) {
            var progress = ShareGroups.progress(admin, topic);
            start = progress.map(SharePartitionOffsetInfo::startOffset).orElse(0L);
            forget(admin, partition, start);
            // the start offset may stay behind until more is settled; the lag does not
            if (progress.flatMap(SharePartitionOffsetInfo::lag).filter(lag -> lag == 0).isPresent()) {
                return;
            }
        }
        try (var consumer = Clients.consumer(settings)) {
            consumer.assign(List.of(partition));
            long end = BrokerLink.answered(settings, () -> consumer.endOffsets(List.of(partition)).get(partition));
            consumer.seek(partition, start);
            while (consumer.position(partition) < end) {
                consumer.poll(POLL).forEach(reader);
            }
        }
    }

    /** The offset of the next message. */
    static long end(KafkaSettings settings, String topic) {
        var partition = new TopicPartition(topic, 0);
        try (var consumer = Clients.consumer(settings)) {
            return BrokerLink.answered(settings, () -> consumer.endOffsets(List.of(partition)).get(partition));
        }
    }

    /** What every worker is done with need not be kept; a cluster may deny us the deletion, and then keeps it. */
    private static void forget(Admin admin, TopicPartition partition, long before) {
        try {
            AdminCalls.get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before))).all());
        } catch (KafkaException e) {
            LOG.debug("settled messages of {} stay: {}", partition.topic(), e.getMessage());
        }
    }
}
