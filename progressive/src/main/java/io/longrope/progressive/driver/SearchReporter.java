package io.longrope.progressive.driver;

import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.stage.SearchCost;
import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.Tried;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.Objective;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tells how a search goes: what it has to beat, a line and an event for each generation, what it cost in the end. */
final class SearchReporter {

    private static final Logger LOG = LoggerFactory.getLogger(SearchReporter.class);

    private final JobId job;
    private final Consumer<JobEvent> events;
    private final InstantSource clock;
    private final ProgressBar bar;
    /** Evaluations that somebody computed, unlike those whose results were there. */
    private final AtomicInteger measured = new AtomicInteger();
    /** Who answered since the last generation. */
    private final Set<String> workers = ConcurrentHashMap.newKeySet();
    private final List<String> ends = new ArrayList<>();
    private Pace pace = new Pace(0, Instant.EPOCH);

    SearchReporter(JobId job, Consumer<JobEvent> events, InstantSource clock, ProgressBar bar) {
        this.job = job;
        this.events = events;
        this.clock = clock;
        this.bar = bar;
    }

    /** Another stage begins. */
    void clear() {
        ends.clear();
    }

    /** Why each search of the stage ended. */
    String ends() {
        return String.join(", ", ends);
    }

    void answered(String worker) {
        workers.add(worker);
    }

    void evaluated(boolean known) {
        bar.advance();
        if (!known) {
            measured.incrementAndGet();
        }
    }

    void rivalsScored(String stage, int length, Map<String, Double> losses, Objective objective) {
        var text = losses.entrySet().stream().sorted(Map.Entry.comparingByValue())
                .map(rival -> rival.getKey() + " " + Quantities.perplexity(Math.exp(rival.getValue()))).collect(Collectors.joining(", "));
        LOG.atInfo().addKeyValue("stage", stage).addKeyValue("length", length).addKeyValue("losses", losses)
                .addKeyValue("objective", objective.quantity())
                .log("{} · to beat: {}{}", JobReporter.title(stage, length), JobReporter.otherThanPerplexity(objective), text);
    }

    void started(String stage, int length, int evaluations) {
        measured.set(0);
        pace = new Pace(evaluations, clock.instant());
        bar.start(JobReporter.title(stage, length), evaluations);
    }

    void generation(String stage, int length, SearchListener.Progress progress, Objective objective) {
        var now = clock.instant();
        pace.mark(progress.evaluations(), measured.get(), now);
        var quantity = JobReporter.otherThanPerplexity(objective);
        var best = String.format(Locale.ROOT, "best %s%s (n̂ %d)", quantity, Quantities.perplexity(Math.exp(progress.bestLoss())),
                progress.best().startTokens());
        var left = pace.left().map(time -> " · " + Quantities.clock(time) + " left").orElse("");
        var numbers = numbers(length, progress);
        workers.clear();
        LOG.atInfo().addKeyValue("stage", stage).addKeyValue("length", length).addKeyValue("generation", progress.generation())
                .addKeyValue("objective", objective.quantity()).addKeyValue("numbers", numbers)
                .log("{} · generation {} · {} · {} tokens · {}/{} evaluations{}{}{}", JobReporter.title(stage, length),
                        progress.generation(), best, Quantities.brief(progress.tokens()), progress.evaluations(),
                        progress.maxEvaluations(), stopped(progress.stopped()),
                        pace.perHour().map(rate -> String.format(Locale.ROOT, " · %,.0f/h", rate)).orElse(""), left);
        bar.to(progress.evaluations());
        bar.remark(best + left);
        events.accept(JobEvent.ofGeneration(job, stage, progress.generation(), numbers, quantity.strip(), now));
    }

    void tried(String stage, int length, List<Tried> tried) {
        JobEvent.tried(job, stage, length, tried, clock.instant()).forEach(events);
    }

    void ended(SearchCost cost, SearchResult.End end, int finalists) {
        var title = JobReporter.title(cost.stage(), cost.length());
        LOG.atInfo().addKeyValue("stage", cost.stage()).addKeyValue("length", cost.length()).addKeyValue("evaluations", cost.evaluations())
                .addKeyValue("stopped", cost.stopped()).addKeyValue("tokens", cost.tokens())
                .addKeyValue("operations", cost.operations())
                .log("{} · {} · {} tokens, {} FLOPs in {}{}", title, end.reason(), Quantities.brief(cost.tokens()),
                        Quantities.operations(cost.operations()), Plural.of(cost.evaluations(), "evaluation"), stopped(cost.stopped()));
        ends.add(Lengths.format(cost.length()) + ": " + end.reason());
        bar.start(title + " finalists", 2 * finalists);
    }

    private static String stopped(int count) {
        return count == 0 ? "" : " (" + count + " stopped early)";
    }

    private Map<String, Double> numbers(int length, SearchListener.Progress progress) {
        var numbers = new TreeMap<String, Double>();
        numbers.put(JobEvent.BEST, Math.exp(progress.bestLoss()));
        numbers.put(JobEvent.EVALUATIONS_DONE, (double) progress.evaluations());
        numbers.put(JobEvent.TOKENS, (double) progress.tokens());
        numbers.put(JobEvent.EVALUATIONS_PLANNED, (double) progress.maxEvaluations());
        numbers.put(JobEvent.LENGTH, (double) length);
        numbers.put(JobEvent.MEDIAN, Math.exp(progress.medianLoss()));
        pace.perHour().ifPresent(rate -> numbers.put(JobEvent.EVALUATIONS_PER_HOUR, rate));
        numbers.put(JobEvent.WORKERS, (double) workers.size());
        pace.left().ifPresent(left -> numbers.put(JobEvent.SECONDS_LEFT, left.toMillis() / 1e3));
        return numbers;
    }
}
