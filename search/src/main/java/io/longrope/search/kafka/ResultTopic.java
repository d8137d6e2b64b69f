package io.longrope.search.kafka;

import io.longrope.search.work.Result;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.TaskId;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The results topic as a driver reads it. The result at the lowest offset counts for ever: since every message has a key of its
 * own, compaction keeps it, and all drivers agree on it. Later results of the same task, which workers that overtook each other
 * write, are taken off the topic. One whose first result was taken off, because its checkpoint was removed, has none.
 */
final class ResultTopic implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ResultTopic.class);

    private final KafkaSettings settings;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ResultBook book;
    private final Consumer<Result> firsts;
    private final Map<TaskId, String> firstKeys = new ConcurrentHashMap<>();
    private final TopicTail tail;

    /**
     * Returns once every result already there is in the book; the others follow as they come.
     *
     * @param producer stays the caller's
     * @param book     filled
     * @param firsts   is passed each task's first result, once it is in the book
     */
    ResultTopic(KafkaSettings settings, KafkaProducer<byte[], byte[]> producer, ResultBook book, Consumer<Result> firsts) {
        this.settings = settings;
        this.producer = producer;
        this.book = book;
        this.firsts = firsts;
        tail = TopicTail.fromBeginning(settings, settings.results(), message -> {
            if (message.value() == null) {
                forget(TaskMessages.key(message));
            } else {
                TaskMessages.readResult(message, result -> receive(message, result));
            }
        });
        tail.awaitCaughtUp();
    }

    void onFailure(Consumer<Throwable> action) {
        tail.onFailure(action);
    }

    @Override
    public void close() {
        tail.close();
    }

    /** Taken off the topic: a later result of a task, which says nothing, or the first, which is as if it had never been. */
    private void forget(String key) {
        TaskMessages.task(key).filter(task -> firstKeys.remove(task, key)).ifPresent(book::forget);
    }

    private void receive(ConsumerRecord<byte[], byte[]> message, Result result) {
        var key = TaskMessages.key(message);
        var first = firstKeys.putIfAbsent(result.id(), key);
        if (first == null) {
            book.receive(result);
            firsts.accept(result);
        } else if (!first.equals(key)) {
            if (book.receive(result) == ResultBook.Receipt.DIFFERENT) {
                LOG.warn("task {} has two results, and the first counts: {}, later {}", result.id().brief(),
                        book.find(result.id()).orElseThrow(), result);
            }
            producer.send(Clients.message(settings.results(), key, null));
        }
    }
}
