package io.longrope.search.kafka;

import io.longrope.search.job.FoundTable;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.table.FactorTable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The job log in Kafka: events in a topic kept for ever, submissions in a queue for drivers, of each table, each job's state and
 * its plan the last in compacted ones.
 */
public final class KafkaJobLog implements JobLog {

    static final String EVENT = "event";

    private static final Logger LOG = LoggerFactory.getLogger(KafkaJobLog.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final String TABLE = "table";

    private final KafkaSettings settings;
    private final KafkaProducer<byte[], byte[]> producer;
    private final JobStateTopic states;

    private KafkaJobLog(KafkaSettings settings) {
        this.settings = settings;
        producer = Clients.producer(settings);
        states = new JobStateTopic(settings, producer);
    }

    /** Opens the log that {@link Topics#prepare} made ready. */
    public static KafkaJobLog open(KafkaSettings settings) {
        return new KafkaJobLog(settings);
    }

    @Override
    public void submit(JobSubmission submission, OptionalInt priority) {
        var asked = JobEvent.submitted(submission, priority);
        var message = Messages.fitting("plan", new JobMessage(submission, 0).write());
        var id = submission.id();
        boolean isAsked = state(id).map(JobState::mayBeSubmittedAgain).orElse(true);
        if (!isAsked && !isQueuedNowhere(id)) {
            // a second message would be a second run of the job
            return;
        }
        // before the event: whoever sees the job paused can have it go on; before the message: a driver takes that of the plan kept last
        states.keep(submission);
        if (isAsked) {
            // before the message: a driver takes no job that has ended
            publish(asked);
        }
        Clients.send(producer, settings.jobs(), id.value(), message);
    }

    @Override
    public void publish(JobEvent event) {
        var written = Clients.send(producer, settings.events(), event.job().value(), Messages.write(EVENT, event));
        // an interrupt is for the caller, and would end reading
        boolean interrupted = Thread.interrupted();
        try {
            states.write(event.heardAt(Instant.ofEpochMilli(written.timestamp())), written.offset());
            if (event.kind() == JobEvent.Kind.REMOVED) {
                tables(event.job()).keySet().forEach(name -> Clients.send(producer, settings.tables(), key(event.job(), name), null));
            }
        } catch (KafkaException e) {
            LOG.warn("the state of job {} will be told with its next event: {}", event.job(), e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void keep(FoundTable table) {
        Clients.send(producer, settings.tables(), key(table.job(), table.name()), Messages.fitting("table", Messages.write(TABLE, table)));
    }

    @Override
    public Map<String, FactorTable> tables(JobId job) {
        var tables = new TreeMap<String, FactorTable>();
        TopicTail.readAll(settings, settings.tables(), message -> {
            if (message.value() == null) {
                tables.keySet().removeIf(name -> key(job, name).equals(TaskMessages.key(message)));
            } else {
                Messages.readOrRefuse(message, TABLE, FoundTable.class, table -> {
                    if (table.job().equals(job)) {
                        tables.put(table.name(), table.table());
                    }
                });
            }
        });
        return tables;
    }

    @Override
    public Optional<JobSubmission> submission(JobId id) {
        return states.submission(id);
    }

    @Override
    public List<JobState> states() {
        return states.read().states();
    }

    @Override
    public Subscription follow(Consumer<JobEvent> listener) {
        return TopicTail.fromNow(settings, settings.events(), message -> read(message, listener)).tellingOfAbsence()::close;
    }

    @Override
    public Subscription follow(JobId job, Consumer<JobEvent> listener) {
        Consumer<ConsumerRecord<byte[], byte[]>> reader = message -> read(message, event -> {
            if (event.job().equals(job)) {
                listener.accept(event);
            }
        });
        return states.read().find(job)
                .map(known -> TopicTail.fromOffset(settings, settings.events(), known.first(), reader))
                .orElseGet(() -> TopicTail.fromNow(settings, settings.events(), reader)).tellingOfAbsence()::close;
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }

    /** True for a job whose submitter died before it put the job into the queue. */
    private boolean isQueuedNowhere(JobId id) {
        if (!isQueued(id)) {
            return false;
        }
        var queued = new HashSet<String>();
        QueueBacklog.read(settings, settings.jobs(), message -> queued.add(TaskMessages.key(message)));
        // once more, for a driver may have taken it meanwhile
        return !queued.contains(id.value()) && isQueued(id);
    }

    private boolean isQueued(JobId id) {
        return state(id).filter(state -> state.phase() == JobState.Phase.QUEUED).isPresent();
    }

    /** Hears an event, dated by the broker: drivers' clocks may be days apart. */
    static void read(ConsumerRecord<byte[], byte[]> message, Consumer<JobEvent> listener) {
        Messages.readOrRefuse(message, EVENT, JobEvent.class,
                event -> listener.accept(event.heardAt(Messages.heardAt(message, event.at()))));
    }

    /** Compaction keeps the last of a key. */
    private static String key(JobId job, String table) {
        return job + "/" + table;
    }
}
