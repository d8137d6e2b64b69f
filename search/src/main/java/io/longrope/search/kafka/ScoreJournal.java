package io.longrope.search.kafka;

import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.Score;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The scores topic, keyed by evaluation id: every score ever found, passed on in order, and what was withdrawn in between.
 * Anything else on it is left out.
 */
final class ScoreJournal implements AutoCloseable {

    private static final String TYPE = "score";

    private final String topic;
    private final Consumer<Score> listener;
    private final Consumer<Withdrawal> withdrawals;
    private final AtomicLong refused = new AtomicLong();
    private TopicTail tail;

    private ScoreJournal(KafkaSettings settings, Consumer<Score> listener, Consumer<Withdrawal> withdrawals) {
        this.topic = settings.scores();
        this.listener = listener;
        this.withdrawals = withdrawals;
    }

    /** Returns once every score already there has been passed on; the others follow as they come. */
    static ScoreJournal open(KafkaSettings settings, Consumer<Score> listener, Consumer<Withdrawal> withdrawals) {
        var journal = new ScoreJournal(settings, listener, withdrawals);
        return journal.caughtUp(TopicTail.fromBeginning(settings, journal.topic, journal::pass));
    }

    /** As {@link #open} for one of many workers, who may hear of a score a moment later. */
    static ScoreJournal openForWorker(KafkaSettings settings, Consumer<Score> listener, Consumer<Withdrawal> withdrawals) {
        var journal = new ScoreJournal(settings, listener, withdrawals);
        return journal.caughtUp(TopicTail.fromBeginningInBatches(settings, journal.topic, journal::pass));
    }

    private ScoreJournal caughtUp(TopicTail reader) {
        tail = reader.awaitCaughtUp();
        return this;
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
        var key = message.key() == null ? "" : new String(message.key(), StandardCharsets.UTF_8);
        if (key.startsWith(Withdrawal.KEY_PREFIX)) {
            pass(message, () -> Messages.read(message.value(), Withdrawal.TYPE, Withdrawal.class), withdrawals);
        } else {
            pass(message, () -> score(new EvaluationId(key), message.value()), listener);
        }
    }

    private <T> void pass(ConsumerRecord<byte[], byte[]> message, Supplier<T> reader, Consumer<T> action) {
        T content;
        try {
            content = reader.get();
        } catch (BadInput e) {
            refused.incrementAndGet();
            RefusedMessages.add(message, e);
            return;
        }
        action.accept(content);
    }

    private static Score score(EvaluationId key, byte[] value) {
        var score = Messages.read(value, TYPE, Score.class);
        Require.that(score.id().equals(key), "score.id", "must be the key of its message", score.id());
        return score;
    }
}
