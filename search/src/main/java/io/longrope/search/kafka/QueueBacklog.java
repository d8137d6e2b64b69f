package io.longrope.search.kafka;

import io.longrope.search.evaluation.EvaluationId;
import io.longrope.search.problem.BadInput;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a queue holds: evaluations that wait, run, or were settled out of order. */
final class QueueBacklog {

    private static final Logger LOG = LoggerFactory.getLogger(QueueBacklog.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private QueueBacklog() {
    }

    /** An evaluation that is neither here nor in the journal will not be answered. */
    static Set<EvaluationId> read(KafkaSettings settings, String topic) {
        var partition = new TopicPartition(topic, 0);
        long start;
        try (var admin = Clients.admin(settings)) {
            start = ShareGroups.startOffset(admin, topic, topic).orElse(0);
        }
        var ids = new HashSet<EvaluationId>();
        try (var consumer = Clients.consumer(settings)) {
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            consumer.seek(partition, start);
            while (consumer.position(partition) < end) {
                consumer.poll(POLL).forEach(message -> addKey(ids, message.key()));
            }
        }
        return ids;
    }

    private static void addKey(Set<EvaluationId> ids, byte[] key) {
        try {
            ids.add(new EvaluationId(key == null ? null : new String(key, StandardCharsets.UTF_8)));
        } catch (BadInput e) {
            LOG.debug("a message that is not ours waits in the queue; a worker will refuse it");
        }
    }
}
