package io.longrope.progressive.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.progressive.stage.RetrievedCell;
import io.longrope.progressive.stage.TriedCandidates;
import io.longrope.search.json.Json;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobEvent.Kind;
import io.longrope.search.job.Tried;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Retrieval;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What happened to a job, read from its run directory. A job that was resumed tells parts again; of equal things the last
 * counts, while evaluations are there once each.
 *
 * @param events in the order they happened
 */
public record RunHistory(List<JobEvent> events) {

    /** Below the run directory: an event per line. */
    public static final String FILE = "history.jsonl";
    /** Where evaluations between and after the stages count; the closing table of all methods. */
    public static final String CLOSING = "report";
    /** The closing table of the methods trained, before the first fine-tune and after each. */
    public static final String BY_FINE_TUNE = "report-by-fine-tune";
    /** The closing table of exported tables at shorter lengths. */
    public static final String TRADE_OFF = "report-trade-off";
    /** How tables of what was found again in prompts begin; then comes what was hidden. */
    public static final String RETRIEVAL = "retrieval-";

    public RunHistory {
        events = List.copyOf(events);
    }

    /**
     * One search of a stage.
     *
     * @param length tokens
     */
    public record Search(String stage, int length) {
    }

    /** Perplexities are +∞ where candidates diverged. */
    public record Generation(int number, double best, double median, long evaluations, long tokens) {
    }

    /** What a search came to. */
    public record Choice(Search search, String name, int startTokens, Optional<Double> searched, double perplexity, double forEngines,
                         Optional<Double> crop) {
    }

    /** @param loss of that step, in nats */
    public record TrainingStep(int step, double loss) {
    }

    /** An evaluation where it was measured. */
    public record Span(String worker, String stage, Instant start, Instant end, long tokens) {
    }

    /**
     * What a job took so far, as far as the job log tells of it too.
     *
     * @param evaluations of its searches, answered from earlier results or measured
     * @param tokens      those were of
     * @param stages      time in which its stages ran
     * @param devices     seconds in which devices of workers worked for it; empty where nobody told
     */
    public record Cost(long evaluations, long tokens, Duration stages, OptionalDouble devices) {
    }

    /** @param message of its end; empty while it has none */
    public record Stage(Duration took, String message, Optional<Double> loss) {
    }

    /**
     * Empty where there is none.
     *
     * @throws BadInput when it is broken
     */
    public static RunHistory read(Path runDirectory) throws IOException {
        var file = runDirectory.resolve(FILE);
        if (!Files.exists(file)) {
            return new RunHistory(List.of());
        }
        var text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        var events = new ArrayList<JobEvent>();
        try {
            for (var line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                events.add(Json.mapper().readValue(line, JobEvent.class));
            }
        } catch (JsonProcessingException e) {
            throw new BadInput(file.toString(), "must hold an event in every line", JsonFault.of(e).found(), "");
        }
        return new RunHistory(events);
    }

    /** Searches in the order they began, each with its generations. */
    public Map<Search, List<Generation>> searches() {
        var searches = new LinkedHashMap<Search, Map<Integer, Generation>>();
        of(Kind.GENERATION).forEach(event -> searches.computeIfAbsent(search(event), search -> new TreeMap<>())
                .put(event.generation(), new Generation(event.generation(), number(event, JobEvent.BEST), number(event, JobEvent.MEDIAN),
                        (long) number(event, JobEvent.EVALUATIONS_DONE), (long) number(event, JobEvent.TOKENS))));
        var listed = new LinkedHashMap<Search, List<Generation>>();
        searches.forEach((search, generations) -> listed.put(search, List.copyOf(generations.values())));
        return listed;
    }

    /** The steps that fine-tunes told of, by the name of the fine-tune, ascending. */
    public Map<String, List<TrainingStep>> trainings() {
        var trainings = new LinkedHashMap<String, Map<Integer, TrainingStep>>();
        of(Kind.TRAINED).stream().filter(event -> event.numbers().containsKey(JobEvent.LOSS)).forEach(event -> {
            int step = (int) number(event, JobEvent.STEP);
            trainings.computeIfAbsent(event.stage(), name -> new TreeMap<>())
                    .put(step, new TrainingStep(step, number(event, JobEvent.LOSS)));
        });
        var listed = new LinkedHashMap<String, List<TrainingStep>>();
        trainings.forEach((name, steps) -> listed.put(name, List.copyOf(steps.values())));
        return listed;
    }

    /** What searches tried, in the order they began; a trial that was told twice is there once. */
    public List<TriedCandidates> tried() {
        var searches = new LinkedHashMap<Search, Map<Integer, Tried>>();
        of(Kind.TRIED).forEach(event -> event.tried().forEach(tried ->
                searches.computeIfAbsent(search(event), search -> new TreeMap<>()).put(tried.trial(), tried)));
        return searches.entrySet().stream().map(search ->
                new TriedCandidates(search.getKey().stage(), search.getKey().length(), List.copyOf(search.getValue().values()))).toList();
    }

    public Map<Search, Choice> choices() {
        var choices = new LinkedHashMap<Search, Choice>();
        of(Kind.TABLE).forEach(event ->
                choices.put(search(event), new Choice(search(event), event.message(), (int) number(event, JobEvent.START_TOKENS),
                Optional.ofNullable(event.numbers().get(JobEvent.SEARCHED)), number(event, JobEvent.BEST),
                number(event, JobEvent.FOR_ENGINES), Optional.ofNullable(event.numbers().get(JobEvent.CROP)))));
        return choices;
    }

    public List<Span> spans() {
        return of(Kind.EVALUATION).stream().map(event -> new Span(event.message(), event.stage(),
                event.at().minusNanos((long) (1e9 * number(event, JobEvent.SECONDS))), event.at(), (long) number(event, JobEvent.TOKENS)))
                .toList();
    }

    /** Stages in the order they began. Time in which the job did not run is left out. */
    public Map<String, Stage> stages() {
        var stages = new LinkedHashMap<String, Stage>();
        JobEvent begun = null;
        for (int i = 0; i < events.size(); i++) {
            var event = events.get(i);
            boolean ends = event.kind() == Kind.STAGE_FINISHED || event.kind() == Kind.STARTED;
            if (begun != null && (ends || i == events.size() - 1)) {
                var until = event.kind() == Kind.STARTED ? events.get(i - 1).at() : event.at();
                stages.merge(begun.stage(),
                        new Stage(Duration.between(begun.at(), until), event.kind() == Kind.STAGE_FINISHED ? event.message() : "",
                        Optional.ofNullable(event.numbers().get(JobEvent.LOSS))), RunHistory::together);
                begun = null;
            }
            if (event.kind() == Kind.STAGE_STARTED) {
                begun = event;
                stages.putIfAbsent(event.stage(), new Stage(Duration.ZERO, "", Optional.empty()));
            }
        }
        return stages;
    }

    private static Stage together(Stage first, Stage second) {
        return new Stage(first.took().plus(second.took()), second.message().isEmpty() ? first.message() : second.message(),
                second.loss().or(first::loss));
    }

    /** What readers should know of the results, by stage in the order they ended. */
    public Map<String, String> caveats() {
        var caveats = new LinkedHashMap<String, String>();
        of(Kind.WARNING).stream().filter(event -> !event.stage().isEmpty()).forEach(event -> caveats.put(event.stage(), event.message()));
        return caveats;
    }

    /** What was found again in prompts; empty where nothing was told. */
    public Optional<RetrievalReport> retrieval() {
        var cells = new LinkedHashMap<List<Object>, RetrievedCell>();
        for (var kind : Retrieval.values()) {
            reported(RETRIEVAL + kind).forEach(event -> {
                var place = new RetrievedCell.Place(kind, (int) number(event, JobEvent.LENGTH), number(event, JobEvent.DEPTH));
                cells.put(List.of(place, event.message()), new RetrievedCell(place, event.message(), number(event, JobEvent.ACCURACY)));
            });
        }
        return cells.isEmpty() ? Optional.empty() : Optional.of(new RetrievalReport(List.copyOf(cells.values())));
    }

    public Cost cost() {
        var ends = searches().values().stream().map(generations -> generations.get(generations.size() - 1)).toList();
        return new Cost(ends.stream().mapToLong(Generation::evaluations).sum(), ends.stream().mapToLong(Generation::tokens).sum(),
                stages().values().stream().map(Stage::took).reduce(Duration.ZERO, Duration::plus),
                events.stream().filter(event -> event.numbers().containsKey(JobEvent.DEVICE_SECONDS))
                        .mapToDouble(event -> event.numbers().get(JobEvent.DEVICE_SECONDS)).max());
    }

    /** One word for how far the job is. */
    public String state() {
        return end().map(event -> event.kind().name().toLowerCase(Locale.ROOT))
                .orElse(events.isEmpty() ? "unknown" : starts() > 0 ? "not finished" : "queued");
    }

    /** How often a driver took the job up. */
    public int starts() {
        return of(Kind.STARTED).size();
    }

    /** How the job ended; empty when it has not, or did not live to say so. */
    public Optional<JobEvent> end() {
        var last = events.stream().filter(event -> switch (event.kind()) {
            case STARTED, PAUSED, FINISHED, INCOMPLETE, FAILED, CANCELLED -> true;
            default -> false;
        }).reduce((first, second) -> second);
        return last.filter(event -> event.kind() != Kind.STARTED);
    }

    /**
     * The cells of a closing table that were told.
     *
     * @param table {@link #CLOSING}, {@link #BY_FINE_TUNE}, {@link #TRADE_OFF}, or {@link #RETRIEVAL} and what was hidden
     */
    List<JobEvent> reported(String table) {
        return of(Kind.REPORTED).stream().filter(event -> event.stage().equals(table)).toList();
    }

    private List<JobEvent> of(Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).toList();
    }

    private static Search search(JobEvent event) {
        return new Search(event.stage(), (int) number(event, JobEvent.LENGTH));
    }

    private static double number(JobEvent event, String name) {
        return event.numbers().getOrDefault(name, Double.NaN);
    }
}
