package io.longrope.search.kafka;

import io.longrope.search.evaluation.EvaluationId;
import io.longrope.search.evaluation.Score;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The scores topic, keyed by evaluation id: every score ever found, passed on in order, what is not a score left out. */
final class ScoreJournal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ScoreJournal.class);
    private static final String TYPE = "score";

    private final String topic;
    private final Consumer<Score> listener;
    private final AtomicLong refused = new AtomicLong();
    private final TopicTail tail;

    private ScoreJournal(KafkaSettings settings, Consumer<Score> listener) {
        this.topic = settings.scores();
        this.listener = listener;
        this.tail = TopicTail.fromBeginning(settings, topic, this::pass);
    }

    /** Returns once every score already there has been passed on; the others follow as they come. */
    static ScoreJournal open(KafkaSettings settings, Consumer<Score> listener) {
        var journal = new ScoreJournal(settings, listener);
        journal.tail.awaitCaughtUp();
        return journal;
    }

    /** Returns once the score is durable. */
    static void write(KafkaProducer<byte[], byte[]> producer, KafkaSettings settings, Score score) {
        Clients.send(producer, settings.scores(), score.id().value(), message(score));
    }

    static byte[] message(Score score) {
        return Messages.write(TYPE, score);
    }

    void onFailure(Consumer<Throwable> action) {
        tail.onFailure(action);
    }

    /** Messages that were not scores. */
    long refused() {
        return refused.get();
    }

    @Override
    public void close() {
        tail.close();
    }

    private void pass(ConsumerRecord<byte[], byte[]> message) {
        Score score;
        try {
            score = read(message);
        } catch (BadInput e) {
            refused.incrementAndGet();
            LOG.warn("record {} of {} refused: {}", message.offset(), topic, e.getMessage());
            return;
        }
        listener.accept(score);
    }

    private static Score read(ConsumerRecord<byte[], byte[]> message) {
        var key = message.key() == null ? "" : new String(message.key(), StandardCharsets.UTF_8);
        var id = new EvaluationId(key);
        var score = Messages.read(message.value(), TYPE, Score.class);
        Require.that(score.id().equals(id), "score.id", "must be the key of its message", score.id());
        return score;
    }
}
