package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;

import java.time.Instant;
import java.util.Optional;

/**
 * What happened to a task that came to no result here. Kept for a while, never taken for a result: the ledger of
 * the job's present run judges it.
 *
 * @param task     the task
 * @param delivery the record it came with
 * @param worker   the worker's instance that tried; of one that was lost, who noticed
 * @param kind     what happened
 * @param reason   for people, one line
 * @param memory   of one out of memory: what it takes and what there is
 * @param progress steps of training that a later attempt need not do again; 0 for other kinds of task
 * @param seconds  the worker's device was busy with it; 0 where it was not begun, and where nobody says
 * @param at       when
 */
@JsonInclude
public record Attempt(TaskId task, String delivery, String worker, Kind kind, String reason, Optional<Memory> memory, long progress,
                      @JsonInclude(JsonInclude.Include.NON_DEFAULT) double seconds, Instant at) {

    /** What happened. */
    public enum Kind {
        /**
         * This worker cannot do it, whoever asks: a model or text is missing or another, its device is too small, commands are not allowed.
         */
        @JsonProperty("refused") REFUSED,
        /** Memory ran out on the way; otherwise as refused. */
        @JsonProperty("out-of-memory") OUT_OF_MEMORY,
        /** It broke: worth another try, elsewhere if there is one. */
        @JsonProperty("failed") FAILED,
        /** Its worker vanished: killed, by the kernel for want of memory perhaps, or cut off. */
        @JsonProperty("lost") LOST,
        /** Its worker was told to stop, or leaves it to others because it failed there before. */
        @JsonProperty("released") RELEASED
    }

    /**
     * @param needed bytes it takes
     * @param there  bytes the device has for it
     */
    public record Memory(long needed, long there) {
    }

    public Attempt(TaskId task, String delivery, String worker, Kind kind, String reason, Optional<Memory> memory, long progress,
                   @JacksonInject(Json.ZERO_LEFT_OUT) double seconds, Instant at) {
        Require.present(task, "attempt.task");
        Require.notBlank(delivery, "attempt.delivery");
        Require.notBlank(worker, "attempt.worker");
        Require.present(kind, "attempt.kind");
        Require.present(reason, "attempt.reason");
        Require.present(memory, "attempt.memory");
        Require.atLeast(0L, progress, "attempt.progress");
        Require.that(seconds >= 0 && Double.isFinite(seconds), "attempt.seconds", "must be at least 0", seconds);
        Require.present(at, "attempt.at");
        this.task = task;
        this.delivery = delivery;
        this.worker = worker;
        this.kind = kind;
        this.reason = reason;
        this.memory = memory;
        this.progress = progress;
        this.seconds = seconds;
        this.at = at;
    }

    /** The same, heard of at a time of a clock that is not the worker's, which may be hours off. */
    public Attempt heardAt(Instant time) {
        return new Attempt(task, delivery, worker, kind, reason, memory, progress, seconds, time);
    }

    /** Of which nobody says how long it took. */
    public Attempt(TaskId task, String delivery, String worker, Kind kind, String reason, Optional<Memory> memory, long progress,
                   Instant at) {
        this(task, delivery, worker, kind, reason, memory, progress, 0, at);
    }

    /** The same, as drivers know it whose messages have no time for it. */
    public Attempt withoutSeconds() {
        return new Attempt(task, delivery, worker, kind, reason, memory, progress, at);
    }
}
