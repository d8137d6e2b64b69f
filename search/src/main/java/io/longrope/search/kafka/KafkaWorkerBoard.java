package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.work.WorkerBoard;
import io.longrope.search.work.WorkerStatus;
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
    /** What was read so far, by worker and queue, and the record to go on from. */
    private final Map<String, WorkerStatus> latest = new TreeMap<>();
    private long next;

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

    /** Asked again, reads what is new; whom it has read of stays until it leaves. */
    @Override
    public synchronized List<WorkerStatus> workers() {
        TopicTail.readFrom(settings, settings.workers(), next, this::read);
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

    private void read(ConsumerRecord<byte[], byte[]> message) {
        next = message.offset() + 1;
        var key = message.key() == null ? "" : new String(message.key(), StandardCharsets.UTF_8);
        if (message.value() == null) {
            latest.remove(key);
            return;
        }
        try {
            var status = Messages.read(message, TYPE, WorkerStatus.class);
            latest.put(key(status), status.heardAt(Messages.heardAt(message, status.at())));
        } catch (BadInput e) {
            RefusedMessages.add(message, e);
        }
    }
}
