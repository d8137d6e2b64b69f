package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.longrope.search.problem.Require;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a worker says of itself from time to time.
 *
 * @param worker          its name, one per queue
 * @param queue           where it takes its evaluations
 * @param device          what it computes on, for example cpu or cuda:0
 * @param memoryUsed      bytes of that device's memory in use; 0 when unknown
 * @param memoryTotal     bytes of memory that device has; 0 when unknown
 * @param evaluation      what it measures now; empty when it waits
 * @param evaluations     how many it has measured since it started
 * @param tokensPerSecond its speed over those; 0 before the first
 * @param at              when it said so
 */
public record WorkerStatus(String worker, String queue, String device, long memoryUsed, long memoryTotal,
                           @JsonInclude(JsonInclude.Include.ALWAYS) Optional<EvaluationId> evaluation, long evaluations,
                           double tokensPerSecond, Instant at) {

    public WorkerStatus {
        Require.notBlank(worker, "worker");
        Require.notBlank(queue, "queue");
        Require.notBlank(device, "device");
        Require.atLeast(0L, memoryUsed, "memoryUsed");
        Require.atLeast(0L, memoryTotal, "memoryTotal");
        evaluation = evaluation == null ? Optional.empty() : evaluation;
        Require.atLeast(0L, evaluations, "evaluations");
        Require.that(Double.isFinite(tokensPerSecond) && tokensPerSecond >= 0, "tokensPerSecond", "must be a finite number of at least 0",
                tokensPerSecond);
        Require.present(at, "at");
    }

    /** Whether nothing was heard of it for longer than a time, so that it is probably dead. */
    public boolean isSilent(Instant now, Duration longerThan) {
        return Duration.between(at, now).compareTo(longerThan) > 0;
    }
}
