package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;

import java.util.OptionalInt;

/**
 * What a task came to, kept for ever.
 *
 * @param id      the task
 * @param outcome what was found
 * @param tokens  run through the model for it
 * @param seconds it took
 * @param worker  who found it; empty when nobody says
 * @param device  what computed it, for example cpu or cuda:0 with its name; empty when nobody says
 * @param chunk   rows at a time that computed it where they were fewer than asked for, for want of memory; empty otherwise
 */
public record Result(TaskId id, Outcome outcome, long tokens, double seconds, String worker, String device, OptionalInt chunk) {

    public Result(TaskId id, Outcome outcome, long tokens, double seconds, String worker, String device,
                  @JacksonInject(Json.NUMBER_LEFT_OUT) OptionalInt chunk) {
        Require.present(id, "result.id");
        Require.present(outcome, "result.outcome");
        Require.atLeast(0L, tokens, "result.tokens");
        Require.that(seconds >= 0 && Double.isFinite(seconds), "result.seconds", "must be at least 0", seconds);
        Require.present(chunk, "result.chunk");
        Require.that(chunk.orElse(1) >= 1, "result.chunk", "must be at least 1", chunk);
        this.id = id;
        this.outcome = outcome;
        this.tokens = tokens;
        this.seconds = seconds;
        this.worker = worker == null ? "" : worker;
        this.device = device == null ? "" : device;
        this.chunk = chunk;
    }

    /** Computed as asked. */
    public Result(TaskId id, Outcome outcome, long tokens, double seconds, String worker, String device) {
        this(id, outcome, tokens, seconds, worker, device, OptionalInt.empty());
    }

    /**
     * What its kind of task comes to.
     *
     * @throws IllegalStateException when it came to something else
     */
    public <T extends Outcome> T outcome(Class<T> kind) {
        return outcome.as(kind).orElseThrow(() -> new IllegalStateException("task " + id + " came to " + outcome.word() + ", not to "
                + kind.getSimpleName()));
    }
}
