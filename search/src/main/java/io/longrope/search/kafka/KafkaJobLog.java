package io.longrope.search.kafka;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobHistory;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.job.JobTable;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.FactorTable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The job log in Kafka: submissions in one topic, events in another, both kept for ever; of each table the last, in a third. */
public final class KafkaJobLog implements JobLog {

    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final String EVENT = "event";
    private static final String TABLE = "table";

    private final KafkaSettings settings;
    private final KafkaProducer<byte[], byte[]> producer;

    private KafkaJobLog(KafkaSettings settings) {
        this.settings = settings;
        this.producer = Clients.producer(settings);
    }

    /** Opens the log that {@link Topics#prepare} made ready. */
    public static KafkaJobLog open(KafkaSettings settings) {
        return new KafkaJobLog(settings);
    }

    @Override
    public void submit(JobSubmission submission) {
        // a second message would be a second run of the job
        if (state(submission.id()).filter(state -> !state.mayBeSubmittedAgain()).isPresent()) {
            return;
        }
        var message = Messages.fitting("plan", new JobMessage(submission, 0).write());
        // before the job: a driver takes no job that has ended
        publish(JobEvent.of(submission.id(), JobEvent.Kind.SUBMITTED, "", submission.at()));
        Clients.send(producer, settings.jobs(), submission.id().value(), message);
    }

    @Override
    public void publish(JobEvent event) {
        Clients.send(producer, settings.events(), event.job().value(), Messages.write(EVENT, event));
    }

    @Override
    public void keep(JobTable table) {
        Clients.send(producer, settings.tables(), key(table), Messages.fitting("table", Messages.write(TABLE, table)));
    }

    @Override
    public Map<String, FactorTable> tables(JobId job) {
        var tables = new TreeMap<String, FactorTable>();
        TopicTail.readAll(settings, settings.tables(), message -> read(message, TABLE, JobTable.class, table -> {
            if (table.job().equals(job)) {
                tables.put(table.name(), table.table());
            }
        }));
        return tables;
    }

    @Override
    public List<JobSubmission> submissions() {
        return submitted().submissions();
    }

    @Override
    public List<JobState> states() {
        var history = submitted();
        TopicTail.readAll(settings, settings.events(), message -> read(message, EVENT, JobEvent.class, history::add));
        return history.states();
    }

    @Override
    public Subscription follow(From from, Consumer<JobEvent> listener) {
        Consumer<ConsumerRecord<byte[], byte[]>> reader = message -> read(message, EVENT, JobEvent.class, listener);
        var tail = from == From.BEGINNING
                ? TopicTail.fromBeginning(settings, settings.events(), reader)
                : TopicTail.fromNow(settings, settings.events(), reader);
        return tail::close;
    }

    @Override
    public void close() {
        producer.close(CLOSE);
    }

    private JobHistory submitted() {
        var history = new JobHistory();
        TopicTail.readAll(settings, settings.jobs(),
                message -> read(message, JobMessage.TYPE, JobMessage.class, job -> history.add(job.submission())));
        return history;
    }

    /** Compaction keeps the last of a key. */
    private static String key(JobTable table) {
        return table.job() + "/" + table.name();
    }

    private static <T> void read(ConsumerRecord<byte[], byte[]> message, String type, Class<T> body, Consumer<T> action) {
        T content;
        try {
            content = Messages.read(message.value(), type, body);
        } catch (BadInput e) {
            RefusedMessages.add(message, e);
            return;
        }
        action.accept(content);
    }
}
