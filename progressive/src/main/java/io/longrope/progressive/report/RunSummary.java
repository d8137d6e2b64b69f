package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Crop;
import io.longrope.progressive.report.RunHistory.Search;
import io.longrope.progressive.report.RunHistory.Span;
import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.search.job.JobEvent;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.RecoveryStagePlan;
import io.longrope.progressive.plan.SearchStagePlan;
import io.longrope.progressive.plan.StagePlan;
import io.longrope.search.problem.Plural;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a run's history comes to, in sentences and tables. */
final class RunSummary {

    private static final String NONE = "";

    private final JobPlan plan;
    private final RunHistory history;

    RunSummary(JobPlan plan, RunHistory history) {
        this.plan = plan;
        this.history = history;
    }

    /** Which model, how it ended, what it took, what to know of its results. */
    List<String> sentences() {
        var sentences = new ArrayList<String>();
        sentences.add(model());
        sentences.add(end() + taken());
        sentences.addAll(caveats());
        return sentences;
    }

    String model() {
        return "Model " + plan.model() + ", scored on " + plan.data().evaluation() + ", plan " + plan.fingerprint().substring(0, 8)
                + ", seed " + plan.seed() + ".";
    }

    /** What to know of the results. */
    List<String> caveats() {
        return history.caveats().entrySet().stream().map(caveat -> "Of " + caveat.getKey() + ": " + caveat.getValue() + ".").toList();
    }

    private String end() {
        var times = history.starts() > 1 ? "Taken up " + history.starts() + " times. " : "";
        return times + history.end().map(event -> switch (event.kind()) {
            case FINISHED -> "Finished at " + at(event) + ": all stages done.";
            case INCOMPLETE -> "Incomplete at " + at(event) + ": " + event.message() + " in " + event.stage() + ". "
                    + String.join(". ", event.reasons());
            case PAUSED -> "Paused at " + at(event) + ".";
            case FAILED -> "Failed at " + at(event) + ": " + String.join(". ", event.reasons());
            default -> "Cancelled at " + at(event) + ".";
        }).orElse("Not finished: still running, interrupted or killed. The command that began it goes on with it.");
    }

    private static Instant at(JobEvent event) {
        return event.at().truncatedTo(ChronoUnit.SECONDS);
    }

    private String taken() {
        var spans = history.spans();
        long tokens = spans.stream().mapToLong(Span::tokens).sum();
        var time = history.stages().values().stream().map(RunHistory.Stage::took).reduce(Duration.ZERO, Duration::plus);
        var devices = history.cost().devices();
        return String.format(Locale.ROOT, " %,d evaluations measured, %s tokens; stages took %s%s.", spans.size(), Quantities.brief(tokens),
                Quantities.clock(time), devices.isEmpty() ? "" : ", devices worked " + Quantities.hours(devices.getAsDouble()) + " hours");
    }

    /** A row for each search, and one for each fine-tune. */
    TextTable stages() {
        var rows = new ArrayList<List<String>>();
        plan.stages().forEach(stage -> rows.addAll(stage.as(new RowsOfStage())));
        return new TextTable(List.of("stage", "on", "objective", "end", "length", "took", "evaluations", "tokens", "training loss"),
                rows, 4);
    }

    /** A row for each search that has made its choice. */
    TextTable choices() {
        return new TextTable(List.of("stage", "chosen", "length", "n̂", "search", "selection", "as engines run it", Crop.NAME),
                history.choices().values().stream().map(choice -> List.of(choice.search().stage(), choice.name(),
                        Lengths.format(choice.search().length()), Integer.toString(choice.startTokens()),
                        choice.searched().map(Quantities::perplexity).orElse(NONE), Quantities.perplexity(choice.perplexity()),
                        Double.isNaN(choice.forEngines()) ? NONE : Quantities.perplexity(choice.forEngines()),
                        choice.crop().map(Quantities::perplexity).orElse(NONE))).toList(), 2);
    }

    private final class RowsOfStage implements StagePlan.Kinds<List<List<String>>> {

        @Override
        public List<List<String>> search(SearchStagePlan search) {
            return List.of(row(search, search.on().name().toLowerCase(Locale.ROOT), search.length(), true));
        }

        @Override
        public List<List<String>> recovery(RecoveryStagePlan recovery) {
            return recovery.lengths().stream().map(length -> row(recovery, "latest", length, recovery.lengths().get(0).equals(length)))
                    .toList();
        }

        @Override
        public List<List<String>> fineTune(FineTuneStagePlan tune) {
            var stage = Optional.ofNullable(history.stages().get(tune.name()));
            return List.of(List.of(tune.name(), "latest", NONE, Plural.of(tune.training().steps(), "step"), Lengths.format(tune.length()),
                    took(stage), NONE, Quantities.brief(tune.tokens()),
                    stage.flatMap(RunHistory.Stage::loss).map(loss -> String.format(Locale.ROOT, "%.4f", loss)).orElse(NONE)));
        }
    }

    /** @param first whether the row tells what the whole stage took */
    private List<String> row(StagePlan plan, String on, int length, boolean first) {
        var stage = Optional.ofNullable(history.stages().get(plan.name()));
        var last = Optional.ofNullable(history.searches().get(new Search(plan.name(), length)))
                .map(generations -> generations.get(generations.size() - 1));
        return List.of(plan.name(), on, plan.objective().quantity(), stage.map(one -> reason(one.message(), length)).orElse(NONE),
                Lengths.format(length), first ? took(stage) : NONE, last.map(one -> Long.toString(one.evaluations())).orElse(NONE),
                last.map(one -> Quantities.brief(one.tokens())).orElse(NONE), NONE);
    }

    /** Of "256: budget spent, 512: ..." the part of a length. */
    private static String reason(String message, int length) {
        var start = Lengths.format(length) + ": ";
        for (var part : message.split(", ")) {
            if (part.startsWith(start)) {
                return part.substring(start.length());
            }
        }
        return NONE;
    }

    /** Where crop does as well as what a search chose, a sentence each. */
    List<String> remarks() {
        var remarks = new ArrayList<String>();
        history.choices().forEach((search, choice) -> choice.crop()
                .flatMap(crop -> CropRemark.of(search.length(), plan.objective(search.stage()).quantity(), choice.perplexity(), crop))
                .ifPresent(remark -> remarks.add("Of " + search.stage() + ": " + remark + ".")));
        return remarks;
    }

    private static String took(Optional<RunHistory.Stage> stage) {
        return stage.map(one -> Quantities.clock(one.took())).orElse(NONE);
    }

    /** What each worker did. */
    TextTable workers() {
        var byWorker = history.spans().stream().collect(Collectors.groupingBy(Span::worker, TreeMap::new, Collectors.toList()));
        var rows = new ArrayList<List<String>>();
        byWorker.forEach((worker, spans) -> {
            double seconds = spans.stream().mapToDouble(span -> Duration.between(span.start(), span.end()).toNanos() / 1e9).sum();
            long tokens = spans.stream().mapToLong(Span::tokens).sum();
            var first = spans.stream().map(Span::start).min(Comparator.naturalOrder()).orElse(Instant.EPOCH);
            var last = spans.stream().map(Span::end).max(Comparator.naturalOrder()).orElse(Instant.EPOCH);
            double present = Duration.between(first, last).toNanos() / 1e9;
            rows.add(List.of(worker, Integer.toString(spans.size()), Quantities.brief(tokens),
                    Quantities.clock(Duration.ofMillis((long) (1e3 * seconds))),
                    seconds > 0 ? Quantities.brief(Math.round(tokens / seconds)) : NONE,
                    present > 0 ? Quantities.percent(Math.min(1, seconds / present)) : NONE));
        });
        return new TextTable(List.of("worker", "evaluations", "tokens", "scoring", "tokens/s", "busy, first to last"), rows);
    }
}
