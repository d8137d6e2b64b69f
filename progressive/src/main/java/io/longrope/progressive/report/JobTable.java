package io.longrope.progressive.report;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobState;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/**
 * Jobs and how far each is. Figures are those of the stage a job is in.
 *
 * @param states oldest job first
 * @param now    when they are looked at
 */
public record JobTable(List<JobState> states, Instant now) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
            .withZone(ZoneId.systemDefault());

    public TextTable table() {
        return new TextTable(List.of("job", "name", "state", "stage", "submitted", "generation", "best", "done", "left", "per hour",
                "tokens", "time left", "workers", "device h"),
                states.stream().map(this::row).toList(), 5);
    }

    public TextTable exactTable() {
        var headers = List.of("job", "name", "state", "stage", "submitted", "driver", "priority", "generation", "step", "steps", "best",
                "evaluationsDone", "evaluationsLeft",
                "evaluationsPerHour", "tokens", "secondsLeft", "workers", "deviceSeconds", "message");
        return new TextTable(headers, tree().stream()
                .map(tree -> headers.stream().map(name -> tree.get(name) == null ? "" : String.valueOf(tree.get(name))).toList()).toList(),
                6);
    }

    public List<Map<String, Object>> tree() {
        return states.stream().map(this::tree).toList();
    }

    /** Below the table, a line or more for each job that cannot go on: what it waits for, which tasks were given up, or what is wrong. */
    public List<String> troubles() {
        return states.stream().flatMap(state -> troubles(state).stream().map(line -> state.id() + " · " + line)).toList();
    }

    private List<String> row(JobState state) {
        return List.of(state.id().value(), state.name(), phaseAndPriority(state), stage(state), TIME.format(state.submitted()),
                state.generation() == 0 ? "" : Integer.toString(state.generation()),
                text(number(state, JobEvent.BEST), Quantities::perplexity),
                text(number(state, JobEvent.EVALUATIONS_DONE), JobTable::whole),
                text(evaluationsLeft(state), JobTable::whole),
                text(number(state, JobEvent.EVALUATIONS_PER_HOUR), JobTable::whole),
                text(number(state, JobEvent.TOKENS), tokens -> Quantities.brief(Math.round(tokens))),
                text(secondsLeft(state), seconds -> Quantities.clock(Duration.ofSeconds(Math.round(seconds)))),
                text(workers(state), JobTable::whole),
                text(number(state, JobEvent.DEVICE_SECONDS), Quantities::hours));
    }

    private Map<String, Object> tree(JobState state) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("job", state.id().value());
        tree.put("name", state.name());
        tree.put("state", phase(state));
        tree.put("priority", state.priority());
        tree.put("driver", state.driver());
        tree.put("stage", state.stage());
        tree.put("generation", state.generation());
        number(state, JobEvent.STEP).ifPresent(step -> tree.put("step", (int) step));
        number(state, JobEvent.STEPS).ifPresent(steps -> tree.put("steps", (int) steps));
        number(state, JobEvent.BEST).ifPresent(best -> tree.put("best", best));
        number(state, JobEvent.EVALUATIONS_DONE).ifPresent(done -> tree.put("evaluationsDone", done));
        evaluationsLeft(state).ifPresent(left -> tree.put("evaluationsLeft", left));
        number(state, JobEvent.EVALUATIONS_PER_HOUR).ifPresent(rate -> tree.put("evaluationsPerHour", rate));
        number(state, JobEvent.TOKENS).ifPresent(tokens -> tree.put("tokens", (long) tokens));
        secondsLeft(state).ifPresent(left -> tree.put("secondsLeft", left));
        workers(state).ifPresent(workers -> tree.put("workers", workers));
        number(state, JobEvent.DEVICE_SECONDS).ifPresent(seconds -> tree.put("deviceSeconds", seconds));
        tree.put("message", state.message());
        state.waiting().ifPresent(waiting -> tree.put("waiting", waiting));
        if (!state.reasons().isEmpty()) {
            tree.put("reasons", state.reasons());
        }
        tree.put("submitted", state.submitted().toString());
        tree.put("updated", state.updated().toString());
        return tree;
    }

    /** Why a job cannot go on, a line or more; nothing where it can. */
    public static List<String> troubles(JobState state) {
        return state.waiting().map(waiting -> List.of("waiting: " + waiting.line()))
                .orElseGet(() -> state.reasons().stream().map(reason -> phase(state) + ": " + reason).toList());
    }

    /** With the steps of a fine-tune. */
    private static String stage(JobState state) {
        var step = number(state, JobEvent.STEP);
        return step.isEmpty() || state.phase().hasEnded() ? state.stage()
                : state.stage() + String.format(Locale.ROOT, " %.0f/%.0f", step.getAsDouble(),
                number(state, JobEvent.STEPS).orElse(step.getAsDouble()));
    }

    private static String phase(JobState state) {
        return state.phase().name().toLowerCase(Locale.ROOT);
    }

    private static String phaseAndPriority(JobState state) {
        return state.priority() == JobState.USUAL_PRIORITY ? phase(state) : phase(state) + ", priority " + state.priority();
    }

    private static OptionalDouble number(JobState state, String name) {
        var number = state.numbers().get(name);
        return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
    }

    private static OptionalDouble evaluationsLeft(JobState state) {
        var done = number(state, JobEvent.EVALUATIONS_DONE);
        var planned = number(state, JobEvent.EVALUATIONS_PLANNED);
        return state.phase().hasEnded() || done.isEmpty() || planned.isEmpty() ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, planned.getAsDouble() - done.getAsDouble()));
    }

    /** What it was when last told, less the time since. */
    private OptionalDouble secondsLeft(JobState state) {
        var left = number(state, JobEvent.SECONDS_LEFT);
        return state.phase().hasEnded() || left.isEmpty() ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, left.getAsDouble() - Duration.between(state.updated(), now).toMillis() / 1e3));
    }

    private static OptionalDouble workers(JobState state) {
        return state.phase().hasEnded() ? OptionalDouble.empty() : number(state, JobEvent.WORKERS);
    }

    private static String text(OptionalDouble number, DoubleFunction<String> form) {
        return number.isPresent() ? form.apply(number.getAsDouble()) : "";
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%.0f", number);
    }
}
