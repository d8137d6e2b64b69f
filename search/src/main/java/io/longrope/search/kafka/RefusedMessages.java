package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What this process read from our topics and could not be ours. */
public final class RefusedMessages {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedMessages.class);
    private static final Map<String, AtomicLong> COUNTS = new ConcurrentHashMap<>();

    private RefusedMessages() {
    }

    /** How many since the process began, by topic. One that is read twice counts twice. */
    public static Map<String, Long> byTopic() {
        var counts = new TreeMap<String, Long>();
        COUNTS.forEach((topic, count) -> counts.put(topic, count.get()));
        return counts;
    }

    static void add(ConsumerRecord<byte[], byte[]> message, BadInput reason) {
        COUNTS.computeIfAbsent(message.topic(), absent -> new AtomicLong()).incrementAndGet();
        LOG.warn("record {} of {} refused: {}", message.offset(), message.topic(), reason.getMessage());
    }
}
