package io.longrope.progressive.driver;

import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.search.kafka.EmbeddedBroker;
import io.longrope.search.kafka.KafkaEvaluations;
import io.longrope.search.kafka.KafkaJobLog;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaEvaluationQueue;
import io.longrope.search.kafka.KafkaWorkerBoard;
import io.longrope.search.kafka.Topics;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The parts of a job that run in this process: a broker unless there is one elsewhere, workers, and the driver's ends of
 * queue and log. What travels between driver and workers goes through Kafka all the same.
 */
public final class LocalCluster implements AutoCloseable {

    /** The queue where none is named. */
    public static final String DEFAULT_QUEUE = "default";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final KafkaSettings settings;
    private final String queue;
    private KafkaEvaluations evaluations;
    private KafkaJobLog log;

    private LocalCluster(KafkaSettings settings, String queue) {
        this.settings = settings;
        this.queue = queue;
    }

    /** With a broker of its own that keeps its state in a directory. */
    public static LocalCluster embedded(Path brokerDirectory) {
        var broker = EmbeddedBroker.start(brokerDirectory, 0);
        var cluster = new LocalCluster(KafkaSettings.at(broker.bootstrap()), DEFAULT_QUEUE);
        cluster.parts.push(broker);
        return cluster.prepared();
    }

    /** With a broker that is there already. */
    public static LocalCluster at(KafkaSettings settings, String queue) {
        return new LocalCluster(settings, queue).prepared();
    }

    /**
     * Computing with one thread inside an operation, as everywhere in a job: sums are split by it, and results must not hang on the
     * machine.
     *
     * @param session holds their models; closed with them
     * @param place   what heartbeats tell of the device
     */
    public void startWorkers(int count, String name, List<Path> models, SampleSets samples, ModelSession session, WorkerReports.Place place,
                             InstantSource clock) {
        if (count > 0) {
            var workers = Workers.start(count, name, models, samples, session, 1, clock,
                    worker -> KafkaEvaluationQueue.open(settings, queue, worker));
            parts.push(workers);
            workers.report(KafkaWorkerBoard.open(settings), queue, place, clock);
        }
    }

    public KafkaEvaluations evaluations() {
        return evaluations;
    }

    public KafkaJobLog log() {
        return log;
    }

    /** In reverse order of their start, each in spite of the others' failures. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException("the process did not stop cleanly", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private LocalCluster prepared() {
        try {
            Topics.prepare(settings, List.of(queue));
            evaluations = KafkaEvaluations.open(settings, queue);
            parts.push(evaluations);
            log = KafkaJobLog.open(settings);
            parts.push(log);
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }
}
