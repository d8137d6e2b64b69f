package io.longrope.search.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Waiting;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a job is, as told by its events.
 *
 * @param id         the job
 * @param name       what its plan calls it; empty when that is not known
 * @param phase      how far it is in its life
 * @param driver     who runs it, or ran it last; empty before the first did
 * @param stage      the stage running, or the last one; empty before the first
 * @param generation the last generation scored in that stage; 0 before the first
 * @param numbers    the stage's latest figures and those of the whole job, named as in {@link JobEvent}
 * @param message    the last thing said to people
 * @param waiting    what it waits for; empty when no task of it waits
 * @param reasons    why it is incomplete or failed, a line for each; empty in other phases
 * @param submitted  when it was submitted
 * @param updated    when its last event happened
 */
@JsonInclude
public record JobState(JobId id, String name, Phase phase, String driver, String stage, int generation, Map<String, Double> numbers,
                       String message, Optional<Waiting> waiting, List<String> reasons, Instant submitted, Instant updated) {

    /** Of a job for which nobody said anything else. */
    public static final int USUAL_PRIORITY = 1;
    public static final int GREATEST_PRIORITY = 16;

    public enum Phase {
        /** For a driver. */
        @JsonProperty("queued")
        QUEUED,
        @JsonProperty("running")
        RUNNING,
        /** Runs, but no worker there is can do some of its tasks. */
        @JsonProperty("waiting")
        WAITING,
        /** A person wants it to end, and its driver has not done so yet. */
        @JsonProperty("cancelling")
        CANCELLING,
        /** A person wants it put aside, and its driver has not done so yet. */
        @JsonProperty("pausing")
        PAUSING,
        @JsonProperty("paused")
        PAUSED,
        @JsonProperty("finished")
        FINISHED,
        /** Tasks of a stage were given up. */
        @JsonProperty("incomplete")
        INCOMPLETE,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("cancelled")
        CANCELLED;

        /** No driver runs the job, or will before somebody submits it again. */
        public boolean hasEnded() {
            return switch (this) {
                case QUEUED, RUNNING, WAITING, PAUSING, CANCELLING -> false;
                case PAUSED, FINISHED, INCOMPLETE, FAILED, CANCELLED -> true;
            };
        }

        /** A person wants it to end or to pause, and its driver has not answered yet. */
        boolean isEnding() {
            return this == PAUSING || this == CANCELLING;
        }
    }

    public JobState {
        Require.present(id, "state.id");
        name = name == null ? "" : name;
        Require.present(phase, "state.phase");
        driver = driver == null ? "" : driver;
        stage = stage == null ? "" : stage;
        Require.atLeast(0, generation, "state.generation");
        numbers = JobEvent.sorted("state.numbers", numbers);
        if (numbers.containsKey(JobEvent.PRIORITY)) {
            requirePriority(numbers.get(JobEvent.PRIORITY).intValue());
        }
        message = message == null ? "" : message;
        Require.present(waiting, "state.waiting");
        reasons = reasons == null ? List.of() : List.copyOf(reasons);
        Require.present(submitted, "state.submitted");
        Require.present(updated, "state.updated");
    }

    /** A job just submitted. */
    public static JobState queued(JobId id, String name, Instant submitted) {
        return queued(id, name, Map.of(), submitted);
    }

    private static JobState queued(JobId id, String name, Map<String, Double> numbers, Instant submitted) {
        return new JobState(id, name, Phase.QUEUED, "", "", 0, numbers, "", Optional.empty(), List.of(), submitted, submitted);
    }

    /** The job that an event of kind {@link JobEvent.Kind#SUBMITTED} asks for. */
    static JobState asked(JobEvent event) {
        return queued(event.job(), event.message(), event.numbers(), event.at());
    }

    /**
     * Workers are shared by it: of two jobs that both have enough to do, one of priority 3 gets three times as many as one of priority 1.
     * Waiting jobs are taken in its order.
     *
     * @return 1 to {@link #GREATEST_PRIORITY}
     */
    public int priority() {
        return numbers.getOrDefault(JobEvent.PRIORITY, (double) USUAL_PRIORITY).intValue();
    }

    /** Seconds in which devices of workers worked for it, as far as its drivers told; 0 before the first did. */
    public double deviceSeconds() {
        return numbers.getOrDefault(JobEvent.DEVICE_SECONDS, 0.0);
    }

    /** @throws io.longrope.search.problem.BadInput when there is no such priority */
    public static int requirePriority(int priority) {
        Require.that(priority >= USUAL_PRIORITY && priority <= GREATEST_PRIORITY, "priority", "must be " + USUAL_PRIORITY + " to "
                + GREATEST_PRIORITY, priority);
        return priority;
    }

    /**
     * The state after one more event; the same state when the event is another job's, or when the job has ended. One that ended without a
     * result goes on when it is submitted again.
     */
    public JobState after(JobEvent event) {
        if (!event.job().equals(id)) {
            return this;
        }
        if (event.kind() == JobEvent.Kind.SUBMITTED) {
            return mayBeSubmittedAgain() ? queued(id, name, ofWholeJob(event), submitted) : this;
        }
        if (phase.hasEnded()) {
            return this;
        }
        return switch (event.kind()) {
            // what was waited for, a new driver and its ledger find out again
            case STARTED -> new JobState(id, name, phase.isEnding() ? phase : Phase.RUNNING, event.message(), stage, generation,
                    numbers, message, Optional.empty(), List.of(), submitted, event.at());
            case STAGE_STARTED -> new JobState(id, name, going(), driver, event.stage(), 0, ofWholeJob(event), message, waiting, List.of(),
                    submitted, event.at());
            case EVALUATION, SUBMITTED, REMOVED -> with(phase, waiting, event);
            case GENERATION, TRAINED, STAGE_FINISHED, TABLE, WARNING -> with(going(), waiting, event);
            // tables have many cells, and a search many candidates: they are no figures of a stage
            case REPORTED, TRIED -> new JobState(id, name, going(), driver, stage, generation, numbers, message, waiting, List.of(),
                    submitted, event.at());
            case WAITS -> with(phase.isEnding() ? phase : Phase.WAITING, event.waiting(), event);
            case GOES_ON -> with(phase.isEnding() ? phase : Phase.RUNNING, Optional.empty(), event);
            // nobody runs it yet, so nobody need be waited for
            case CANCEL_REQUESTED -> with(phase == Phase.QUEUED ? Phase.CANCELLED : Phase.CANCELLING, waiting, event);
            // who wants it ended wants more than a pause
            case PAUSE_REQUESTED -> with(phase == Phase.QUEUED ? Phase.PAUSED : phase == Phase.CANCELLING ? phase : Phase.PAUSING, waiting,
                    event);
            case PAUSED -> with(Phase.PAUSED, Optional.empty(), event);
            case FINISHED -> with(Phase.FINISHED, Optional.empty(), event);
            case INCOMPLETE -> with(Phase.INCOMPLETE, Optional.empty(), event);
            case FAILED -> with(Phase.FAILED, Optional.empty(), event);
            case CANCELLED -> with(Phase.CANCELLED, Optional.empty(), event);
        };
    }

    /** A second submission of any other job would run it twice. */
    public boolean mayBeSubmittedAgain() {
        return phase.hasEnded() && phase != Phase.FINISHED;
    }

    /** Those of an event, and what is told of the whole job. */
    private Map<String, Double> ofWholeJob(JobEvent event) {
        var kept = new TreeMap<>(numbers);
        kept.keySet().retainAll(JobEvent.WHOLE_JOB);
        kept.putAll(event.numbers());
        return kept;
    }

    /** Some tasks may wait while others are done. */
    private Phase going() {
        return phase.isEnding() || phase == Phase.WAITING ? phase : Phase.RUNNING;
    }

    private JobState with(Phase phase, Optional<Waiting> waiting, JobEvent event) {
        var merged = new TreeMap<>(numbers);
        merged.putAll(event.numbers());
        return new JobState(id, name, phase, driver, event.stage().isEmpty() ? stage : event.stage(),
                event.generation() == 0 ? generation : event.generation(), merged,
                event.message().isEmpty() ? message : event.message(), waiting, event.reasons(), submitted, event.at());
    }
}
