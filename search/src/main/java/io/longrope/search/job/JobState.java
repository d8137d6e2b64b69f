package io.longrope.search.job;

import io.longrope.search.problem.Require;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a job is, as told by its events.
 *
 * @param id         the job
 * @param phase      how far it is in its life
 * @param driver     who runs it, or ran it last; empty before the first did
 * @param stage      the stage running, or the last one; empty before the first
 * @param generation the last generation scored in that stage; 0 before the first
 * @param numbers    the stage's latest figures, named as in {@link JobEvent}
 * @param message    the last thing said to people
 * @param submitted  when it was submitted
 * @param updated    when its last event happened
 */
public record JobState(JobId id, Phase phase, String driver, String stage, int generation, Map<String, Double> numbers,
                       String message, Instant submitted, Instant updated) {

    public enum Phase {
        QUEUED, RUNNING, CANCELLING, FINISHED, FAILED, CANCELLED;

        /** Nothing changes any more. */
        public boolean isFinal() {
            return this == FINISHED || this == FAILED || this == CANCELLED;
        }
    }

    public JobState {
        Require.present(id, "state.id");
        Require.present(phase, "state.phase");
        numbers = Map.copyOf(numbers);
    }

    /** A job just submitted. */
    public static JobState queued(JobId id, Instant submitted) {
        return new JobState(id, Phase.QUEUED, "", "", 0, Map.of(), "", submitted, submitted);
    }

    /**
     * The state after one more event; the same state when the job has ended or the event is another job's. One that ended without a result
     * may be submitted again.
     */
    public JobState after(JobEvent event) {
        if (event.job().equals(id) && mayBeSubmittedAgain() && event.kind() == JobEvent.Kind.SUBMITTED) {
            return queued(id, submitted);
        }
        if (phase.isFinal() || !event.job().equals(id)) {
            return this;
        }
        return switch (event.kind()) {
            case SUBMITTED, EVALUATION -> with(phase, event);
            case STARTED -> new JobState(id, phase == Phase.CANCELLING ? phase : Phase.RUNNING, event.message(), stage, generation,
                    numbers, message, submitted, event.at());
            case STAGE_STARTED -> new JobState(id, running(), driver, event.stage(), 0, event.numbers(), message, submitted, event.at());
            case GENERATION, TRAINED, STAGE_FINISHED, TABLE, WARNING -> with(running(), event);
            // nobody runs it yet, so nobody need be waited for
            case CANCEL_REQUESTED -> with(phase == Phase.QUEUED ? Phase.CANCELLED : Phase.CANCELLING, event);
            case FINISHED -> with(Phase.FINISHED, event);
            case FAILED -> with(Phase.FAILED, event);
            case CANCELLED -> with(Phase.CANCELLED, event);
        };
    }

    /** A second submission of any other job would run it twice. */
    public boolean mayBeSubmittedAgain() {
        return phase == Phase.FAILED || phase == Phase.CANCELLED;
    }

    private Phase running() {
        return phase == Phase.CANCELLING ? phase : Phase.RUNNING;
    }

    private JobState with(Phase phase, JobEvent event) {
        var merged = new TreeMap<>(numbers);
        merged.putAll(event.numbers());
        return new JobState(id, phase, driver, event.stage().isEmpty() ? stage : event.stage(),
                event.generation() == 0 ? generation : event.generation(), merged,
                event.message().isEmpty() ? message : event.message(), submitted, event.at());
    }
}
