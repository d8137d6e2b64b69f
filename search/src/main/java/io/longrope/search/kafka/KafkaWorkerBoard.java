package io.longrope.search.kafka;

import io.longrope.search.work.WorkerBoard;
import io.longrope.search.work.WorkerStatus;
import io.longrope.search.problem.BadInput;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The board as a topic that keeps an hour of heartbeats; a worker that leaves writes an empty one. */
public final class KafkaWorkerBoard implements WorkerBoard {

    private static final String TYPE = "worker";

    private final KafkaSettings settings;
    private final KafkaProducer<byte[], byte[]> producer;

    private KafkaWorkerBoard(KafkaSettings settings) {
        this.settings = settings;
        this.producer = Clients.producer(settings);
    }

    /** Opens the board that {@link Topics#prepare} made ready. */
    public static KafkaWorkerBoard open(KafkaSettings settings) {
        return new KafkaWorkerBoard(settings);
    }

    @Override
    public void report(WorkerStatus status) {
        Clients.sendSoon(producer, settings.workers(), key(status), Messages.write(TYPE, status));
    }

    @Override
    public void leave(WorkerStatus last) {
        Clients.sendSoon(producer, settings.workers(), key(last), null);
    }

    @Override
    public List<WorkerStatus> workers() {
        var latest = new TreeMap<String, WorkerStatus>();
        TopicTail.readAll(settings, settings.workers(), message -> read(message, latest));
        return List.copyOf(latest.values());
    }

    @Override
    public void close() {
        // every message was waited for
        producer.close(Duration.ZERO);
    }

    private static String key(WorkerStatus status) {
        return status.worker() + "@" + status.queue();
    }

    private static void read(ConsumerRecord<byte[], byte[]> message, Map<String, WorkerStatus> latest) {
        var key = message.key() == null ? "" : new String(message.key(), StandardCharsets.UTF_8);
        if (message.value() == null) {
            latest.remove(key);
            return;
        }
        try {
            var status = Messages.read(message.value(), TYPE, WorkerStatus.class);
            latest.put(key(status), status);
        } catch (BadInput e) {
            RefusedMessages.add(message, e);
        }
    }
}
