package io.longrope.progressive.driver;

import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.kafka.EmbeddedBroker;
import io.longrope.search.kafka.KafkaJobLog;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaTasks;
import io.longrope.search.kafka.KafkaWorkerBoard;
import io.longrope.search.kafka.Topics;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.WorkerBoard;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The driver's ends of queues, board and log of a Kafka, and the broker itself unless there is one elsewhere. */
public final class Cluster implements AutoCloseable {

    /** The queue where none is named. */
    public static final String DEFAULT_QUEUE = "default";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final KafkaSettings settings;
    private final String queue;
    private final LedgerRules rules;
    private KafkaWorkerBoard board;
    private KafkaJobLog log;

    private Cluster(KafkaSettings settings, String queue, LedgerRules rules) {
        this.settings = settings;
        this.queue = queue;
        this.rules = rules;
    }

    /** With a broker of its own that keeps its state in a directory. */
    public static Cluster embedded(Path brokerDirectory, LedgerRules rules) {
        var broker = EmbeddedBroker.start(brokerDirectory, 0);
        var cluster = new Cluster(KafkaSettings.at(broker.bootstrap()), DEFAULT_QUEUE, rules);
        cluster.parts.push(broker);
        return cluster.prepared();
    }

    /** With a broker that is there already. */
    public static Cluster at(KafkaSettings settings, String queue, LedgerRules rules) {
        return new Cluster(settings, queue, rules).prepared();
    }

    /** The driver's end of the queues, for one run of a job. */
    public Tasks tasks(JobId job, WaitListener listener) {
        int priority = log.state(job).map(JobState::priority).orElse(JobState.USUAL_PRIORITY);
        return KafkaTasks.open(settings, queue, job.value(), priority, rules, listener);
    }

    public KafkaSettings settings() {
        return settings;
    }

    public String queue() {
        return queue;
    }

    public WorkerBoard board() {
        return board;
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

    private Cluster prepared() {
        try {
            Topics.prepare(settings, List.of(queue));
            board = KafkaWorkerBoard.open(settings);
            parts.push(board);
            log = KafkaJobLog.open(settings);
            parts.push(log);
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }
}
