package io.longrope.search.kafka;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobStates;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The states of jobs on a compacted topic, so that nobody need read all events there ever were. A message holds the job's state and
 * the offset of the last event it contains: what happened since is in the events behind that offset, and whoever reads takes those in.
 * That makes every message a true one. It does no harm that an event comes first and its state a moment later, or never because the
 * driver died in between, or that of two drivers the slower writes last.
 *
 * <p>What it costs to read hangs on the state that lags farthest behind. So who publishes an event also writes the states anew that lag
 * far, of jobs that wait for weeks for example.
 *
 * <p>Beside its state stands what was asked for, under a key of its own: the queue of jobs forgets what drivers are done with, and a paused
 * job is to go on all the same.
 */
final class JobStateTopic {

    private static final Logger LOG = LoggerFactory.getLogger(JobStateTopic.class);
    private static final String TYPE = "job-state";
    private static final String PLAN = "job-plan";
    /** No id of a job ends so. */
    private static final String PLAN_SUFFIX = "/plan";

    /** Events behind a state before it is written anew. */
    static final int LONGEST_LAG = 500;

    private final KafkaSettings settings;
    private final KafkaProducer<byte[], byte[]> producer;
    /** What this writer knows, up to the event {@link #position}; nothing before it first wrote. */
    private JobStates view;
    private long position;
    /** Stored states contain the events before this offset. */
    private long stored;

    /** @param producer stays the caller's */
    JobStateTopic(KafkaSettings settings, KafkaProducer<byte[], byte[]> producer) {
        this.settings = settings;
        this.producer = producer;
    }

    /** Where the jobs are now. */
    JobStates read() {
        var states = new JobStates();
        readStored(states);
        readEvents(states, states.next());
        return states;
    }

    /** Keeps what was asked for, in the place of what was asked for before under this id. */
    void keep(JobSubmission submission) {
        Clients.send(producer, settings.jobStates(), submission.id() + PLAN_SUFFIX,
                Messages.fitting("plan", Messages.write(PLAN, submission)));
    }

    /** What was last asked for; empty for a job that nobody submitted, or somebody removed. */
    Optional<JobSubmission> submission(JobId job) {
        var last = new AtomicReference<JobSubmission>();
        TopicTail.readAll(settings, settings.jobStates(), message -> {
            if (!TaskMessages.key(message).equals(job + PLAN_SUFFIX)) {
                return;
            }
            if (message.value() == null) {
                last.set(null);
            } else {
                Messages.readOrRefuse(message, PLAN, JobSubmission.class, last::set);
            }
        });
        return Optional.ofNullable(last.get());
    }

    /**
     * Writes the state that a job came to by an event just published.
     *
     * @param event  dated by the broker
     * @param offset of the event
     */
    synchronized void write(JobEvent event, long offset) {
        takeIn(event, offset);
        if (event.kind() == JobEvent.Kind.REMOVED) {
            Clients.send(producer, settings.jobStates(), event.job().value(), null);
            Clients.send(producer, settings.jobStates(), event.job() + PLAN_SUFFIX, null);
        } else if (view.find(event.job()).isPresent() || recovered(event.job())) {
            write(event.job());
        }
        if (position - stored > LONGEST_LAG) {
            writeLagging();
        }
    }

    private void takeIn(JobEvent event, long offset) {
        if (view == null) {
            view = new JobStates();
            readStored(view);
            stored = view.next();
            position = stored - 1;
        }
        if (offset == position + 1) {
            view.add(event, offset);
            position = offset;
        } else if (offset > position) {
            position = Math.max(offset, readEvents(view, position + 1));
        }
    }

    /** A job without a state whose events are there: somebody deleted the state. Its next event brings it back. */
    private boolean recovered(JobId job) {
        var all = new JobStates();
        readEvents(all, 0);
        all.find(job).ifPresent(view::put);
        return all.find(job).isPresent();
    }

    private void write(JobId job) {
        var known = view.find(job).orElseThrow();
        var snapshot = new JobStates.Snapshot(known.state(), known.first(), Math.max(position, known.through()));
        Clients.send(producer, settings.jobStates(), job.value(), Messages.write(TYPE, snapshot));
    }

    /** Those by more than half of what is allowed, so that the next look need not come soon. Others may have written some by now. */
    private void writeLagging() {
        var found = new JobStates();
        readStored(found);
        long required = position - LONGEST_LAG / 2;
        var lagging = view.snapshots().stream().map(snapshot -> snapshot.state().id())
                .filter(job -> found.find(job).filter(snapshot -> snapshot.through() >= required).isEmpty()).toList();
        lagging.forEach(this::write);
        stored = required;
        LOG.debug("{} job states written anew", lagging.size());
    }

    private void readStored(JobStates states) {
        TopicTail.readAll(settings, settings.jobStates(), message -> {
            var key = TaskMessages.key(message);
            if (key.endsWith(PLAN_SUFFIX)) {
                return;
            }
            try {
                var job = new JobId(key);
                if (message.value() == null) {
                    states.remove(job);
                } else {
                    states.put(snapshot(job, message));
                }
            } catch (BadInput e) {
                RefusedMessages.add(message, e);
            }
        });
    }

    private static JobStates.Snapshot snapshot(JobId job, ConsumerRecord<byte[], byte[]> message) {
        var snapshot = Messages.read(message, TYPE, JobStates.Snapshot.class);
        Require.that(snapshot.state().id().equals(job), "state.id", "must be the key of its message", snapshot.state().id());
        return snapshot;
    }

    /** @return the offset of the last event there is; one less than {@code from} when there is none */
    private long readEvents(JobStates states, long from) {
        var last = new long[] {from - 1};
        TopicTail.readFrom(settings, settings.events(), from, message -> {
            last[0] = message.offset();
            KafkaJobLog.read(message, event -> states.add(event, message.offset()));
        });
        return last[0];
    }
}
