package io.longrope.search.kafka;

import io.longrope.search.evaluation.Evaluation;
import io.longrope.search.evaluation.EvaluationId;
import io.longrope.search.evaluation.Evaluations;
import io.longrope.search.evaluation.Score;
import io.longrope.search.problem.Require;
import org.apache.kafka.clients.producer.KafkaProducer;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The driver's end of a queue in Kafka. The scores topic is the journal: it is read to its end on opening and followed
 * from then on, the first score of an id counts, and an id with a score is never asked again, by any driver.
 *
 * <p>Evaluations that an earlier driver left in the queue are not queued twice: their scores are awaited. Two drivers that
 * ask the same at the same time may have it measured twice, which changes nothing.
 *
 * <p>Futures complete on the thread that reads the journal: what hangs on them must be short.
 */
public final class KafkaEvaluations implements Evaluations {

    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<EvaluationId, CompletableFuture<Score>> answers = new ConcurrentHashMap<>();
    private final AtomicLong repeated = new AtomicLong();
    private final Set<EvaluationId> leftByOthers;
    private final ScoreJournal journal;
    private volatile Throwable failure;

    private KafkaEvaluations(KafkaSettings settings, String queue) {
        topic = settings.evaluations(queue);
        producer = Clients.producer(settings);
        leftByOthers = ConcurrentHashMap.newKeySet();
        leftByOthers.addAll(QueueBacklog.read(settings, topic));
        // after the backlog: what was settled in between is in the journal
        journal = ScoreJournal.open(settings, this::answer);
        journal.onFailure(this::fail);
    }

    /** Opens a queue that {@link Topics#prepare} made ready. */
    public static KafkaEvaluations open(KafkaSettings settings, String queue) {
        return new KafkaEvaluations(settings, queue);
    }

    @Override
    public CompletableFuture<Score> submit(Evaluation evaluation) {
        var id = evaluation.id();
        var asked = new CompletableFuture<Score>();
        var known = answers.putIfAbsent(id, asked);
        if (known != null) {
            return known.copy();
        }
        if (failure != null) {
            asked.completeExceptionally(failure);
        } else if (!leftByOthers.remove(id)) {
            publish(evaluation, asked);
        }
        return asked.copy();
    }

    /** Scores that came for an evaluation already answered. */
    public long repeated() {
        return repeated.get();
    }

    /** Messages on the scores topic that were not scores. */
    public long refused() {
        return journal.refused();
    }

    /** Leaves what is queued to the workers: the journal will know when it is asked again. */
    @Override
    public void close() {
        journal.close();
        producer.close(CLOSE);
        fail(new CancellationException("evaluations closed"));
    }

    private void publish(Evaluation evaluation, CompletableFuture<Score> asked) {
        var id = evaluation.id();
        var message = new EvaluationMessage(evaluation, 0).write();
        Require.that(message.length <= Messages.MAX_BYTES, "evaluation " + id.brief(), "must be at most " + Messages.MAX_BYTES + " bytes",
                message.length);
        producer.send(Clients.message(topic, id.value(), message), (metadata, problem) -> {
            if (problem != null && asked.completeExceptionally(problem)) {
                answers.remove(id, asked);
            }
        });
    }

    private void answer(Score score) {
        var fresh = new CompletableFuture<Score>();
        var awaited = answers.putIfAbsent(score.id(), fresh);
        if (!(awaited == null ? fresh : awaited).complete(score)) {
            repeated.incrementAndGet();
        }
    }

    private void fail(Throwable cause) {
        failure = cause;
        answers.values().forEach(answer -> answer.completeExceptionally(cause));
    }
}
