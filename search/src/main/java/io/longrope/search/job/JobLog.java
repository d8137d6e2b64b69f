package io.longrope.search.job;

import io.longrope.search.table.FactorTable;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Every job asked for, everything that happened to each, in order, and the tables found. What a call has written is durable when it
 * returns. Safe for use by many threads; what others wrote is seen soon, what this object wrote at once.
 */
public interface JobLog extends AutoCloseable {

    /** Asks for a job. An id that is known keeps its first plan; it is run again when it failed or was cancelled. */
    void submit(JobSubmission submission);

    /** Tells what happened. */
    void publish(JobEvent event);

    /** Keeps a table that a job found, in the place of an earlier one of the same name. */
    void keep(JobTable table);

    /** The tables of a job that were kept, by name. */
    Map<String, FactorTable> tables(JobId job);

    /** All jobs, oldest first. */
    List<JobSubmission> submissions();

    /** Where each job is, oldest first. */
    List<JobState> states();

    /**
     * Passes events to a listener in their order, one at a time, on a thread of the log's own, until closed.
     *
     * @param from where to begin; {@link From#NOW} misses nothing published after this call returned
     */
    Subscription follow(From from, Consumer<JobEvent> listener);

    @Override
    void close();

    default Optional<JobSubmission> submission(JobId id) {
        return submissions().stream().filter(submission -> submission.id().equals(id)).findFirst();
    }

    default Optional<JobState> state(JobId id) {
        return states().stream().filter(state -> state.id().equals(id)).findFirst();
    }

    /** Asks for the end of a job; its driver stops it within seconds and keeps what was found. */
    default void cancel(JobId id, Instant now) {
        publish(JobEvent.of(id, JobEvent.Kind.CANCEL_REQUESTED, "", now));
    }

    enum From {
        BEGINNING, NOW
    }

    interface Subscription extends AutoCloseable {

        @Override
        void close();
    }
}
