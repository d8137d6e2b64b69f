package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.longrope.search.problem.Require;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a worker says of itself from time to time.
 *
 * @param worker          its instance, see {@link WorkerInstance}
 * @param queue           where it takes its tasks
 * @param device          what it computes on, for example cpu or cuda:0
 * @param memoryUsed      bytes of that device's memory in use; 0 when unknown
 * @param memoryTotal     bytes of memory that device has; 0 when unknown
 * @param doing           the task in hand; empty when it waits
 * @param results         how many it has given since it started
 * @param tokensPerSecond its speed over those; 0 before the first
 * @param stopped         why it asks for no more work; empty when it does
 * @param refusals        what it refused lately, and why
 * @param at              when it said so: by its own clock, until a board that knows a better one heard of it
 */
@JsonInclude
public record WorkerStatus(String worker, String queue, String device, long memoryUsed, long memoryTotal, Optional<Doing> doing,
                           long results, double tokensPerSecond, Optional<String> stopped, Map<String, String> refusals, Instant at) {

    /** Why a worker that ends asks for no more work. */
    private static final String LEAVING = "it leaves";

    /**
     * A task in hand.
     *
     * @param job      who asked
     * @param task     which
     * @param what     it is, for people
     * @param training how far it is, where it trains
     */
    @JsonInclude
    public record Doing(String job, TaskId task, String what, Optional<Training> training) {

        public Doing {
            Require.notBlank(job, "doing.job");
            Require.present(task, "doing.task");
            Require.notBlank(what, "doing.what");
            Require.present(training, "doing.training");
        }
    }

    /**
     * How far a training is.
     *
     * @param step  steps made, from 0
     * @param steps to be made, at least 1
     * @param loss  of the last one, in nats; finite
     */
    public record Training(int step, int steps, double loss) {

        public Training {
            Require.atLeast(0, step, "training.step");
            Require.atLeast(1, steps, "training.steps");
            Require.that(Double.isFinite(loss), "training.loss", "must be finite", loss);
        }
    }

    public WorkerStatus {
        Require.notBlank(worker, "worker");
        Require.notBlank(queue, "queue");
        Require.notBlank(device, "device");
        Require.atLeast(0L, memoryUsed, "memoryUsed");
        Require.atLeast(0L, memoryTotal, "memoryTotal");
        Require.present(doing, "doing");
        Require.atLeast(0L, results, "results");
        Require.that(Double.isFinite(tokensPerSecond) && tokensPerSecond >= 0, "tokensPerSecond", "must be a finite number of at least 0",
                tokensPerSecond);
        Require.present(stopped, "stopped");
        refusals = Map.copyOf(Require.present(refusals, "refusals"));
        Require.present(at, "at");
    }

    /** The same, heard of at a time of a clock that is not the worker's, which may be hours off. */
    public WorkerStatus heardAt(Instant time) {
        return new WorkerStatus(worker, queue, device, memoryUsed, memoryTotal, doing, results, tokensPerSecond, stopped, refusals, time);
    }

    /** The same of a worker that is about to end in good order. */
    public WorkerStatus leaving() {
        return new WorkerStatus(worker, queue, device, memoryUsed, memoryTotal, doing, results, tokensPerSecond, Optional.of(LEAVING),
                refusals,
                at);
    }

    /** Whether it said that it ends: nobody need wonder when nothing is heard of it then. */
    public boolean hasSaidGoodbye() {
        return stopped.filter(LEAVING::equals).isPresent();
    }

    /** Whether nothing was heard of it for longer than a time, so that it is probably dead. */
    public boolean isSilent(Instant now, Duration longerThan) {
        return Duration.between(at, now).compareTo(longerThan) > 0;
    }
}
