package io.longrope.search.kafka;

import io.longrope.search.work.AnswerBook;
import io.longrope.search.work.Evaluation;
import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.Evaluations;
import io.longrope.search.work.LostEvaluations;
import io.longrope.search.work.Score;
import io.longrope.search.problem.BadInput;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The driver's end of a queue in Kafka. The scores topic is the journal: it is read to its end on opening and followed
 * from then on, the first score of an id counts, and an id with a score is never asked again, by any driver.
 *
 * <p>Evaluations that an earlier driver left in the queue are not queued twice: their scores are awaited. Two drivers that
 * ask the same at the same time may have it measured twice, which changes nothing. When no score came for a while, what
 * vanished from the queue without an answer is queued again.
 *
 * <p>For one job at a time: the queue serves jobs alike because each keeps no more in it than the workers can begin soon.
 *
 * <p>Futures complete on the thread that reads the journal: what hangs on them must be short.
 */
public final class KafkaEvaluations implements Evaluations {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaEvaluations.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration LOOK_FOR_LOST = Duration.ofSeconds(30);
    private static final Duration COUNT_WORKERS = Duration.ofSeconds(10);
    /** Evaluations of one job in the queue: one in progress and one to follow it for each worker. */
    private static final int PER_WORKER = 2;
    private static final int SMALLEST_WINDOW = 4;

    private final KafkaSettings settings;
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AnswerBook book = new AnswerBook();
    private final LostEvaluations lost = new LostEvaluations();
    private final AtomicLong repeated = new AtomicLong();
    private final Set<EvaluationId> leftByOthers = ConcurrentHashMap.newKeySet();
    private final PublishWindow window = new PublishWindow(this::publish, SMALLEST_WINDOW);
    private final ScoreJournal journal;
    private final ScheduledExecutorService patrol = Executors.newSingleThreadScheduledExecutor(KafkaEvaluations::daemon);
    private Set<EvaluationId> unansweredAtLastLook = Set.of();

    private KafkaEvaluations(KafkaSettings settings, String queue, Duration lookForLost) {
        this.settings = settings;
        topic = settings.evaluations(queue);
        leftByOthers.addAll(QueueBacklog.read(settings, topic));
        producer = Clients.producer(settings);
        // after the backlog: what was settled in between is in the journal
        journal = openJournal();
        journal.onFailure(book::fail);
        patrol.scheduleWithFixedDelay(this::countWorkers, 0, COUNT_WORKERS.toMillis(), TimeUnit.MILLISECONDS);
        patrol.scheduleWithFixedDelay(this::lookForLost, lookForLost.toMillis(), lookForLost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Opens a queue that {@link Topics#prepare} made ready. */
    public static KafkaEvaluations open(KafkaSettings settings, String queue) {
        return open(settings, queue, LOOK_FOR_LOST);
    }

    /** @param lookForLost time between looks; what vanished is queued again after two to three of them */
    static KafkaEvaluations open(KafkaSettings settings, String queue, Duration lookForLost) {
        return new KafkaEvaluations(settings, queue, lookForLost);
    }

    @Override
    public CompletableFuture<Score> submit(Evaluation evaluation) {
        var question = book.ask(evaluation);
        if (question.isNew() && !leftByOthers.remove(question.id())) {
            try {
                window.add(question.id(), message(evaluation));
            } catch (BadInput e) {
                book.withdraw(question.id(), e);
                throw e;
            }
        }
        return question.answer().copy();
    }

    @Override
    public void withdrawUnanswered() {
        var withdrawn = book.withdrawAll();
        window.clear();
        if (withdrawn.isEmpty()) {
            return;
        }
        producer.flush();
        long end = QueueBacklog.end(settings, topic);
        withdrawn.stream().map(id -> new Withdrawal(id, topic, end)).forEach(withdrawal ->
                producer.send(Clients.message(settings.scores(), withdrawal.key(), withdrawal.write())));
        producer.flush();
    }

    /** Scores that came for an evaluation already answered. */
    public long repeated() {
        return repeated.get();
    }

    /** Evaluations asked for and not answered yet. */
    public int unanswered() {
        return book.unanswered().size();
    }

    /** Messages on the scores topic that were not scores. */
    public long refused() {
        return journal.refused();
    }

    /** Leaves what is queued to the workers: the journal will know when it is asked again. */
    @Override
    public void close() {
        patrol.shutdownNow();
        journal.close();
        producer.close(CLOSE);
        book.fail(new CancellationException("evaluations closed"));
    }

    private ScoreJournal openJournal() {
        try {
            return ScoreJournal.open(settings, this::receive, withdrawal -> { });
        } catch (RuntimeException e) {
            producer.close(CLOSE);
            throw e;
        }
    }

    private static byte[] message(Evaluation evaluation) {
        return Messages.fitting("evaluation", EvaluationMessage.of(evaluation).write());
    }

    private void publish(EvaluationId id, byte[] message) {
        producer.send(Clients.message(topic, id.value(), message), (metadata, problem) -> {
            if (problem != null) {
                book.withdraw(id, problem);
                window.remove(id);
            }
        });
    }

    private void receive(Score score) {
        var receipt = book.receive(score);
        window.remove(score.id());
        if (receipt == AnswerBook.Receipt.FIRST) {
            return;
        }
        repeated.incrementAndGet();
        if (receipt == AnswerBook.Receipt.DIFFERENT) {
            restore(book.answer(score.id()), score);
        }
    }

    /** Compaction keeps the last score of an id, drivers the first: so the first is written once more. */
    private void restore(Score first, Score other) {
        LOG.warn("evaluation {} has another score from worker {} ({}) than first from {} ({}); the first counts", first.id().brief(),
                other.worker(), other.loss(), first.worker(), first.loss());
        producer.send(Clients.message(settings.scores(), first.id().value(), ScoreJournal.message(first)));
    }

    /** Looks only when nothing moved for a while: other jobs' scores do not count. */
    private void lookForLost() {
        var unanswered = book.unanswered();
        unanswered.keySet().removeIf(window::isWaiting);
        boolean idle = !unanswered.isEmpty() && unanswered.keySet().equals(unansweredAtLastLook);
        unansweredAtLastLook = Set.copyOf(unanswered.keySet());
        if (!idle) {
            return;
        }
        try {
            lost.look(unanswered.keySet(), QueueBacklog.read(settings, topic)).forEach(id -> {
                LOG.warn("evaluation {} vanished from the queue, queueing it again", id.brief());
                publish(id, message(unanswered.get(id)));
            });
        } catch (RuntimeException e) {
            // the next look comes anyway; an exception would end the patrol
            LOG.warn("cannot look for lost evaluations: {}", e.getMessage());
        }
    }

    private void countWorkers() {
        try (var admin = Clients.admin(settings)) {
            window.resize(Math.max(SMALLEST_WINDOW, PER_WORKER * ShareGroups.members(admin, topic).size()));
        } catch (RuntimeException e) {
            // the window stays as it is; an exception would end the patrol
            LOG.debug("cannot count the workers of {}: {}", topic, e.getMessage());
        }
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "lost-evaluations");
        thread.setDaemon(true);
        return thread;
    }
}
