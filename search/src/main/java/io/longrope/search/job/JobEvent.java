package io.longrope.search.job;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Waiting;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Something that happened to a job. A driver that takes a job over tells parts of the story again, so every number is a
 * total and repeats do no harm.
 *
 * @param job        the job
 * @param kind       what happened
 * @param stage      the stage's name; empty when it concerns the whole job
 * @param generation counted from 1 within the stage; 0 when it concerns none
 * @param numbers    figures by name, the well-known ones being the constants of this class
 * @param message    one line for people; empty when the kind says it all
 * @param waiting    there with {@link Kind#WAITS} only: what for
 * @param reasons    why it ended without a result, a line for each: with {@link Kind#INCOMPLETE} the tasks given up, with
 *                   {@link Kind#FAILED} what is wrong; empty with every other kind
 * @param tried      what a search scored since it last told, with {@link Kind#TRIED}; empty with every other kind, and where a build wrote
 *                   it that told nothing of it
 * @param at         when it happened
 */
@JsonInclude
public record JobEvent(JobId job, Kind kind, String stage, int generation, Map<String, Double> numbers, String message,
                       Optional<Waiting> waiting, List<String> reasons,
                       @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Tried> tried, Instant at) {

    /** Lowest perplexity found so far in the stage; as {@link #MEDIAN} and all below, of what the stage's objective scores. */
    public static final String BEST = "best";
    /** Evaluations of the stage answered so far, those known beforehand included. */
    public static final String EVALUATIONS_DONE = "evaluationsDone";
    /** Tokens the candidates of the search were evaluated on so far, those known beforehand included. */
    public static final String TOKENS = "tokens";
    /** Evaluations the stage is expected to need. */
    public static final String EVALUATIONS_PLANNED = "evaluationsPlanned";
    /** Evaluations answered per hour, lately. */
    public static final String EVALUATIONS_PER_HOUR = "evaluationsPerHour";
    /** Workers that answered since the generation before. */
    public static final String WORKERS = "workers";
    /** Expected seconds to the end of the stage. */
    public static final String SECONDS_LEFT = "secondsLeft";
    /** Length searched at, in tokens: a recovery has several. */
    public static final String LENGTH = "length";
    /** Median perplexity of a generation. */
    public static final String MEDIAN = "median";
    /** Perplexity of the search's own best on the samples of the search. */
    public static final String SEARCHED = "searched";
    /** Perplexity of what inference engines can run, on the selection samples. */
    public static final String FOR_ENGINES = "forEngines";
    /** Perplexity of crop on the selection samples. */
    public static final String CROP = "crop";
    /** n̂ of the candidate chosen. */
    public static final String START_TOKENS = "startTokens";
    /** Training loss of the last step, in nats. */
    public static final String LOSS = "loss";
    /** Steps a fine-tune has made so far. */
    public static final String STEP = "step";
    /** Steps a fine-tune will make. */
    public static final String STEPS = "steps";
    /** Score tasks of the stage that were given up and counted as the worst loss. */
    public static final String GIVEN_UP = "givenUp";
    /** Results of the stage that were computed with a smaller chunk than asked for. */
    public static final String SMALLER_CHUNK = "smallerChunk";
    /** What an evaluation took its worker. */
    public static final String SECONDS = "seconds";
    /** On text that neither a search nor a choice saw; +∞ where the method diverged. */
    public static final String PERPLEXITY = "perplexity";
    /** Tokens that the base model of a closing table was trained with, and that crop sees. */
    public static final String WINDOW = "window";
    /** Mean over positions beyond the window of the loss of crop minus that of the method, in nats; -∞ where the method diverged. */
    public static final String GAIN = "gain";
    /** Standard error of {@link #GAIN} over samples; left out where there is one sample only. */
    public static final String GAIN_ERROR = "gainError";
    /** Where a pass key lay: 0 at the beginning of the text, 1 at its end. */
    public static final String DEPTH = "depth";
    /** Share of pass keys found again, 0 to 1. */
    public static final String ACCURACY = "accuracy";

    /** Of the whole job: how much of the workers it gets beside others, see {@link JobState#priority}. */
    public static final String PRIORITY = "priority";
    /** Of the whole job: seconds in which devices of workers worked for it, as far as drivers lived to tell. */
    public static final String DEVICE_SECONDS = "deviceSeconds";
    /** Begins the name of the mean loss in a stretch of positions, in nats; the stretch's number follows, counted from 0. */
    public static final String POSITION_LOSS = "positionLoss.";
    /** Begins the name of its standard error over samples; left out where there is one sample only. */
    public static final String POSITION_LOSS_ERROR = "positionLossError.";

    /** Figures of the whole job: a new stage does not begin them anew. */
    static final Set<String> WHOLE_JOB = Set.of(PRIORITY, DEVICE_SECONDS);

    /** Numbers in the candidates of an event, so that it stays far below the largest message. */
    private static final int NUMBERS_TRIED = 20_000;
    /** Reasons that an event names. */
    private static final int REASONS_NAMED = 32;
    private static final int LONGEST_LINE = 500;

    public enum Kind {
        /** It waits for a driver from now on; the message is the job's name. */
        @JsonProperty("submitted")
        SUBMITTED,
        /** A driver took the job; the message names the driver. */
        @JsonProperty("started")
        STARTED,
        @JsonProperty("stage-started")
        STAGE_STARTED,
        @JsonProperty("evaluation")
        EVALUATION,
        @JsonProperty("generation")
        GENERATION,
        /** A search scored candidates. */
        @JsonProperty("tried")
        TRIED,
        /** A fine-tune made some of its steps. */
        @JsonProperty("trained")
        TRAINED,
        /** A factor table was stored; the message names it. */
        @JsonProperty("table")
        TABLE,
        @JsonProperty("stage-finished")
        STAGE_FINISHED,
        /** A cell of a closing table was measured; the stage is the table's name, the message the column's. */
        @JsonProperty("reported")
        REPORTED,
        /** Something a person should know that does not end the job. */
        @JsonProperty("warning")
        WARNING,
        /** No worker there is can do some of its tasks. */
        @JsonProperty("waits")
        WAITS,
        /** A worker came that can. */
        @JsonProperty("goes-on")
        GOES_ON,
        /** A person wants it put aside; its driver answers with {@link #PAUSED}. */
        @JsonProperty("pause-requested")
        PAUSE_REQUESTED,
        /** Its driver put it aside, as a person wished. Resumed or submitted again it goes on. */
        @JsonProperty("paused")
        PAUSED,
        /** A person wants it to end; its driver answers with {@link #CANCELLED}. */
        @JsonProperty("cancel-requested")
        CANCEL_REQUESTED,
        @JsonProperty("finished")
        FINISHED,
        /** Tasks of a stage were given up, so nothing is built on it. Submitted again the job asks for them again. */
        @JsonProperty("incomplete")
        INCOMPLETE,
        /** It ended without a result; the message says why. */
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("cancelled")
        CANCELLED,
        /** It is in no list any more. */
        @JsonProperty("removed")
        REMOVED
    }

    public JobEvent(JobId job, Kind kind, String stage, int generation, Map<String, Double> numbers, String message,
                    Optional<Waiting> waiting, List<String> reasons, @JacksonInject(Json.LIST_LEFT_OUT) List<Tried> tried, Instant at) {
        this.job = Require.present(job, "event.job");
        this.kind = Require.present(kind, "event.kind");
        this.stage = stage == null ? "" : stage;
        Require.atLeast(0, generation, "event.generation");
        this.generation = generation;
        this.numbers = sorted("event.numbers", numbers);
        this.message = message == null ? "" : message;
        Require.that(waiting != null && waiting.isPresent() == (kind == Kind.WAITS), "event.waiting",
                "must be there with kind waits and no other", kind);
        this.waiting = waiting;
        this.reasons = reasons == null ? List.of() : List.copyOf(reasons);
        Require.that(this.reasons.isEmpty() || kind == Kind.INCOMPLETE || kind == Kind.FAILED, "event.reasons",
                "must be there with kinds incomplete and failed only", kind);
        this.tried = List.copyOf(Require.present(tried, "event.tried"));
        Require.that(this.tried.isEmpty() || kind == Kind.TRIED, "event.tried", "must be there with kind tried only", kind);
        this.at = Require.present(at, "event.at");
    }

    /** By name; none where none are given. */
    static Map<String, Double> sorted(String name, Map<String, Double> numbers) {
        var sorted = new TreeMap<>(numbers == null ? Map.of() : numbers);
        Require.that(!sorted.containsValue(null), name, "must all be given", sorted);
        return Collections.unmodifiableMap(sorted);
    }

    /**
     * A job waits for a driver.
     *
     * @param priority empty where nobody said
     */
    public static JobEvent submitted(JobSubmission submission, OptionalInt priority) {
        return ofStage(submission.id(), Kind.SUBMITTED, "",
                priority.isPresent() ? Map.of(PRIORITY, (double) JobState.requirePriority(priority.getAsInt())) : Map.of(),
                submission.name(), submission.at());
    }

    /** A job waits for a worker that can do its tasks. */
    public static JobEvent waits(JobId job, Waiting waiting, Instant at) {
        return new JobEvent(job, Kind.WAITS, "", 0, Map.of(), "", Optional.of(waiting), List.of(), List.of(), at);
    }

    /**
     * A run of a job ended with a stage that lacks results.
     *
     * @param givenUp a line for each task that was given up, with the reason; of many the first are kept
     */
    public static JobEvent incomplete(JobId job, String stage, List<String> givenUp, Instant at) {
        var message = Plural.of(givenUp.size(), "task was", "tasks were") + " given up";
        return new JobEvent(job, Kind.INCOMPLETE, stage, 0, Map.of(), message, Optional.empty(), named(givenUp), List.of(), at);
    }

    /** A job ended without a result, for everything that is wrong with what it was given, or for what broke. */
    public static JobEvent failed(JobId job, Exception why, Instant at) {
        var reasons = why instanceof BadInput input ? input.problems().stream().map(Problem::toString).toList()
                : List.of(String.valueOf(why.getMessage()).lines().findFirst().orElse(why.toString()));
        var message = reasons.size() == 1 ? reasons.get(0) : reasons.size() + " things are wrong, the first: " + reasons.get(0);
        return new JobEvent(job, Kind.FAILED, "", 0, Map.of(), message, Optional.empty(), named(reasons), List.of(), at);
    }

    private static List<String> named(List<String> reasons) {
        return reasons.stream().limit(REASONS_NAMED)
                .map(line -> line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…").toList();
    }

    /** The same with one more figure, or another. */
    public JobEvent with(String name, double number) {
        var all = new TreeMap<>(numbers);
        all.put(name, number);
        return new JobEvent(job, kind, stage, generation, all, message, waiting, reasons, tried, at);
    }

    /** The same, heard of at a time of a clock that is not the driver's, which may be hours off. */
    public JobEvent heardAt(Instant time) {
        return new JobEvent(job, kind, stage, generation, numbers, message, waiting, reasons, tried, time);
    }

    /** An event of the whole job. */
    public static JobEvent of(JobId job, Kind kind, String message, Instant at) {
        return ofStage(job, kind, "", Map.of(), message, at);
    }

    /** An event of a stage. */
    public static JobEvent ofStage(JobId job, Kind kind, String stage, Map<String, Double> numbers, String message, Instant at) {
        return new JobEvent(job, kind, stage, 0, numbers, message, Optional.empty(), List.of(), List.of(), at);
    }

    /** A generation of a stage was scored. */
    public static JobEvent ofGeneration(JobId job, String stage, int generation, Map<String, Double> numbers, String message, Instant at) {
        return new JobEvent(job, Kind.GENERATION, stage, generation, numbers, message, Optional.empty(), List.of(), List.of(), at);
    }

    /**
     * A search scored candidates: an event, or as many as it takes to keep each small.
     *
     * @param length tokens searched at
     */
    public static List<JobEvent> tried(JobId job, String stage, int length, List<Tried> tried, Instant at) {
        var events = new ArrayList<JobEvent>();
        int size = 0;
        int from = 0;
        for (int i = 0; i < tried.size(); i++) {
            size += tried.get(i).size();
            if (size >= NUMBERS_TRIED || i == tried.size() - 1) {
                events.add(new JobEvent(job, Kind.TRIED, stage, 0, Map.of(LENGTH, (double) length), "", Optional.empty(), List.of(),
                        tried.subList(from, i + 1), at));
                from = i + 1;
                size = 0;
            }
        }
        return events;
    }
}
