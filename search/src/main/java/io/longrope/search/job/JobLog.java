package io.longrope.search.job;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Program;
import io.longrope.search.problem.Require;
import io.longrope.search.table.FactorTable;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Every job asked for, what happened to each, in order, where it is now, and the tables found. What a call has written is durable when
 * it returns. Safe for use by many threads; what others wrote is seen soon, what this object wrote at once. To tell where the jobs are
 * takes as long as there are jobs, however much has happened to them.
 */
public interface JobLog extends AutoCloseable {

    /**
     * Asks for a job. One that is known goes on when it was paused, incomplete, failed or cancelled; otherwise nothing changes.
     *
     * @param priority see {@link JobState#priority}; empty: the one it has, or the usual one
     */
    void submit(JobSubmission submission, OptionalInt priority);

    /** Tells what happened. */
    void publish(JobEvent event);

    /** Keeps a table that a job found, in the place of an earlier one of the same name. */
    void keep(FoundTable table);

    /** The tables of a job that were kept, by name. */
    Map<String, FactorTable> tables(JobId job);

    /** What was last asked for under an id; empty when nothing was, or it was removed. Takes as long as there are jobs. */
    Optional<JobSubmission> submission(JobId id);

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

    /** Asks for a job with the priority it has, or the usual one. */
    default void submit(JobSubmission submission) {
        submit(submission, OptionalInt.empty());
    }

    default Optional<JobState> state(JobId id) {
        return states().stream().filter(state -> state.id().equals(id)).findFirst();
    }

    /**
     * Asks for the end of a job; its driver stops it within seconds and keeps what was found.
     *
     * @throws BadInput when it has ended
     */
    default void cancel(JobId id, Instant now) {
        require(id, "must still be queued or running", phase -> !phase.hasEnded());
        publish(JobEvent.of(id, JobEvent.Kind.CANCEL_REQUESTED, "", now));
    }

    /**
     * Asks for a job to be put aside; its driver stops it within seconds and takes others.
     *
     * @throws BadInput when it has ended, or somebody wants it to end
     */
    default void pause(JobId id, Instant now) {
        require(id, "must be queued or running", phase -> !phase.hasEnded() && !phase.isEnding());
        publish(JobEvent.of(id, JobEvent.Kind.PAUSE_REQUESTED, "", now));
    }

    /**
     * Has a paused job go on: what it found answers at once.
     *
     * @throws BadInput when it is not paused
     */
    default void resume(JobId id, Instant now) {
        require(id, "must be paused", phase -> phase == JobState.Phase.PAUSED);
        var plan = submission(id).map(JobSubmission::plan).orElseThrow(() ->
                new BadInput("job " + id, "must be one that was submitted", "unknown", Program.command(List.of("submit"))
                        + " asks for it by its plan"));
        submit(new JobSubmission(id, plan, now));
    }

    /**
     * Takes a job that has ended or is paused off the list, with its plan and its tables. Its results stay, for other jobs may build on
     * them.
     *
     * @throws BadInput when it is still queued or running
     */
    default void delete(JobId id, Instant now) {
        requireDeletable(id);
        publish(JobEvent.of(id, JobEvent.Kind.REMOVED, "", now));
    }

    /** @throws BadInput when the job is still queued or running */
    default void requireDeletable(JobId id) {
        require(id, "must have ended or be paused", JobState.Phase::hasEnded);
    }

    private void require(JobId id, String rule, Predicate<JobState.Phase> allowed) {
        state(id).map(JobState::phase).ifPresent(phase ->
                Require.that(allowed.test(phase), "job " + id, rule, phase.name().toLowerCase(Locale.ROOT)));
    }

    interface Subscription extends AutoCloseable {

        @Override
        void close();
    }
}
