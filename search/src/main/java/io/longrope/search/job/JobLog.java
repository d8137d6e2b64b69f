package io.longrope.search.job;

import io.longrope.search.problem.Require;
import io.longrope.search.table.FactorTable;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Every job asked for, what happened to each, in order, where it is now, and the tables found. What a call has written is durable when
 * it returns. Safe for use by many threads; what others wrote is seen soon, what this object wrote at once. To tell where the jobs are
 * takes as long as there are jobs, however much has happened to them.
 */
public interface JobLog extends AutoCloseable {

    /** Asks for a job. One that is known goes on when it was paused, incomplete, failed or cancelled; otherwise nothing changes. */
    void submit(JobSubmission submission);

    /** Tells what happened. */
    void publish(JobEvent event);

    /** Keeps a table that a job found, in the place of an earlier one of the same name. */
    void keep(JobTable table);

    /** The tables of a job that were kept, by name. */
    Map<String, FactorTable> tables(JobId job);

    /** Where each job is, oldest first. */
    List<JobState> states();

    /**
     * Passes on what happens to any job, in order, one event at a time, on a thread of the log's own, until closed. Nothing is missed that
     * is published after this returned.
     */
    Subscription follow(Consumer<JobEvent> listener);

    /** As {@link #follow(Consumer)}, but of one job, and beginning with the first that happened to it. */
    Subscription follow(JobId job, Consumer<JobEvent> listener);

    @Override
    void close();

    default Optional<JobState> state(JobId id) {
        return states().stream().filter(state -> state.id().equals(id)).findFirst();
    }

    /** Asks for the end of a job; its driver stops it within seconds and keeps what was found. */
    default void cancel(JobId id, Instant now) {
        publish(JobEvent.of(id, JobEvent.Kind.CANCEL_REQUESTED, "", now));
    }

    /**
     * Takes a job that has ended off the list; its tables stay.
     *
     * @throws io.longrope.search.problem.BadInput when it is still queued or running
     */
    default void remove(JobId id, Instant now) {
        var running = state(id).map(JobState::phase).filter(phase -> !phase.hasEnded());
        Require.that(running.isEmpty(), "job " + id, "must have ended", running.map(Enum::name).orElse(""));
        publish(JobEvent.of(id, JobEvent.Kind.REMOVED, "", now));
    }

    interface Subscription extends AutoCloseable {

        @Override
        void close();
    }
}
