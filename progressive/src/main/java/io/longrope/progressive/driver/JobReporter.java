package io.longrope.progressive.driver;

import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.RunHistory;
import io.longrope.progressive.stage.Front;
import io.longrope.progressive.stage.ReportedCell;
import io.longrope.progressive.stage.RetrievedCell;
import io.longrope.progressive.stage.Scoring;
import io.longrope.progressive.stage.SearchCost;
import io.longrope.progressive.stage.Selection;
import io.longrope.progressive.stage.StageListener;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Result;
import io.longrope.search.work.TaskGivenUp;
import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.Tried;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.StagePlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;

/** Tells people (log lines, a bar) and other programs (job events) how a job goes. */
public final class JobReporter implements StageListener, Scoring.ScoreListener {

    private static final Logger LOG = LoggerFactory.getLogger(JobReporter.class);
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final JobId job;
    private final Consumer<JobEvent> events;
    private final InstantSource clock;
    private final ProgressBar bar;
    /** Whose results the stage builds on. */
    private final Set<String> devices = ConcurrentHashMap.newKeySet();
    private Instant stageStart = Instant.EPOCH;
    private volatile Instant lastResult = Instant.EPOCH;
    /** Who answered last; empty before anybody did. */
    private volatile String lastWorker = "";
    private String stage = "";
    /** What was given up in the stage, and why. */
    private final Set<String> givenUp = new ConcurrentSkipListSet<>();
    private final Caveats caveats = new Caveats();
    /** What the losses of the stage are of. */
    private Objective objective = Objective.PERPLEXITY;
    private final SearchReporter searches;
    private final ChoiceReporter choices;
    private final TrainingReporter trainings;

    /**
     * @param events  takes what happens
     * @param display shows the bar: each text replaces the one before, an empty one removes it
     */
    public JobReporter(JobId job, Consumer<JobEvent> events, InstantSource clock, Consumer<String> display) {
        this.job = job;
        this.events = events;
        this.clock = clock;
        this.bar = new ProgressBar(clock, display);
        this.searches = new SearchReporter(job, events, clock, bar);
        this.choices = new ChoiceReporter(job, events, clock);
        this.trainings = new TrainingReporter(job, events, clock, bar);
    }

    /** A search tells how long no candidate was done: results of parts of it may have come since. */
    @Override
    public void waiting(int open, Duration since) {
        var quiet = Duration.between(lastResult, clock.instant());
        var none = quiet.compareTo(since) < 0 ? quiet : since;
        if (none.compareTo(QUIET) >= 0) {
            LOG.info("waiting for {}, none came for {}: {}; jobs --workers lists who is at work", Plural.of(open, "result"),
                    Quantities.clock(none), lastWorker.isEmpty() ? "no worker has answered yet, perhaps none runs"
                    : "the last was of " + lastWorker + ", what is in hand may take longer");
        }
    }

    @Override
    public void measured(Result result, boolean known) {
        lastResult = clock.instant();
        if (!known) {
            lastWorker = result.worker();
            searches.answered(result.worker());
        }
        caveats.measured(result);
        // gpu:0 and gpu:1 of one product are one kind
        if (devices.add(result.device().replaceFirst(":[0-9]+", "")) && devices.size() == 2) {
            LOG.warn("results of this stage come from different kinds of device, which round differently: {}", devices);
        }
    }

    @Override
    public void evaluated(boolean known) {
        searches.evaluated(known);
    }

    @Override
    public void givenUp(TaskGivenUp reason) {
        LOG.warn("{}", reason.getMessage());
        givenUp.add(reason.getMessage());
        caveats.givenUp();
    }

    @Override
    public void stageStarted(StagePlan stage) {
        stageStart = clock.instant();
        objective = stage.objective();
        searches.clear();
        devices.clear();
        givenUp.clear();
        caveats.clear();
        this.stage = stage.name();
        trainings.clear();
        publish(JobEvent.ofStage(job, JobEvent.Kind.STAGE_STARTED, stage.name(), Map.of(), "", stageStart));
    }

    @Override
    public void rivalsScored(String stage, int length, Map<String, Double> losses) {
        searches.rivalsScored(stage, length, losses, objective);
    }

    @Override
    public void searchStarted(String stage, int length, int evaluations) {
        searches.started(stage, length, evaluations);
    }

    @Override
    public void generation(String stage, int length, SearchListener.Progress progress) {
        searches.generation(stage, length, progress, objective);
    }

    @Override
    public void tried(String stage, int length, List<Tried> tried) {
        searches.tried(stage, length, tried);
    }

    @Override
    public void searchEnded(SearchCost cost, SearchResult.End end, int finalists) {
        searches.ended(cost, end, finalists);
    }

    @Override
    public void picked(Front front, OptionalDouble crop) {
        choices.picked(front, crop, objective);
    }

    @Override
    public void selected(String stage, Selection selection, OptionalDouble crop) {
        choices.selected(stage, selection, crop, objective);
    }

    @Override
    public void trainingStarted(String name, int steps) {
        trainings.started(name, steps);
    }

    @Override
    public void trained(String name, int step, int steps, double loss) {
        trainings.trained(name, step, steps, loss);
    }

    @Override
    public void reported(String table, ReportedCell cell) {
        var numbers = new TreeMap<>(Map.of(JobEvent.WINDOW, (double) cell.window(), JobEvent.LENGTH, (double) cell.length(),
                JobEvent.PERPLEXITY, cell.perplexity()));
        cell.gain().ifPresent(gain -> put(numbers, JobEvent.GAIN, JobEvent.GAIN_ERROR, gain));
        for (int i = 0; i < cell.byPosition().size(); i++) {
            put(numbers, JobEvent.POSITION_LOSS + i, JobEvent.POSITION_LOSS_ERROR + i, cell.byPosition().get(i));
        }
        publish(JobEvent.ofStage(job, JobEvent.Kind.REPORTED, table, numbers, cell.column(), clock.instant()));
    }

    private static void put(Map<String, Double> numbers, String name, String errorName, ReportedCell.Mean mean) {
        numbers.put(name, mean.value());
        mean.error().ifPresent(error -> numbers.put(errorName, error));
    }

    @Override
    public void retrieved(RetrievedCell cell) {
        var place = cell.place();
        publish(JobEvent.ofStage(job, JobEvent.Kind.REPORTED, RunHistory.RETRIEVAL + place.kind(),
                Map.of(JobEvent.LENGTH, (double) place.length(), JobEvent.DEPTH, place.depth(), JobEvent.ACCURACY, cell.accuracy()),
                cell.method(), clock.instant()));
    }

    /** What whoever submits the job should know before any of it runs, though it keeps nothing from running. */
    void remark(String line) {
        LOG.info("{}", line);
        publish(JobEvent.ofStage(job, JobEvent.Kind.WARNING, "", Map.of(), line, clock.instant()));
    }

    @Override
    public void note(String stage, String message) {
        LOG.atInfo().addKeyValue("stage", stage).log("{} · {}", stage, message);
    }

    @Override
    public void stageEnded(StagePlan stage) {
        bar.end();
        tellCaveats(stage.name());
        var took = Duration.between(stageStart, clock.instant());
        LOG.atInfo().addKeyValue("stage", stage.name()).addKeyValue("seconds", took.toMillis() / 1e3)
                .log("{} · done in {}", stage.name(), Quantities.clock(took));
        var loss = trainings.loss();
        var numbers = loss.isPresent() ? Map.of(JobEvent.LOSS, loss.getAsDouble()) : Map.<String, Double>of();
        publish(JobEvent.ofStage(job, JobEvent.Kind.STAGE_FINISHED, stage.name(), numbers, searches.ends(), clock.instant()));
    }

    void finished(String message) {
        bar.end();
        tellCaveats(RunHistory.CLOSING);
        publish(JobEvent.of(job, JobEvent.Kind.FINISHED, message, clock.instant()));
    }

    void failed(Exception why) {
        bar.end();
        publish(JobEvent.failed(job, why, clock.instant()));
    }

    /** The stage lacks results, and nothing is built on it. */
    void incomplete(String reason) {
        bar.end();
        givenUp.add(reason);
        publish(JobEvent.incomplete(job, stage, List.copyOf(givenUp), clock.instant()));
    }

    private void tellCaveats(String stage) {
        caveats.take(job, stage, clock.instant()).ifPresent(event -> {
            LOG.atWarn().addKeyValue("stage", stage).addKeyValue("numbers", event.numbers()).log("{} · {}", stage, event.message());
            publish(event);
        });
    }

    void started(String driver) {
        publish(JobEvent.of(job, JobEvent.Kind.STARTED, driver, clock.instant()));
    }

    private void publish(JobEvent event) {
        events.accept(event);
    }

    /** Before a number: a perplexity goes without a name. */
    static String otherThanPerplexity(Objective objective) {
        return objective == Objective.PERPLEXITY ? "" : objective.quantity() + " ";
    }

    /** A recovery has one name for several lengths. */
    static String title(String stage, int length) {
        var text = Lengths.format(length);
        return stage.contains(text) ? stage : stage + " " + text;
    }
}
