package io.longrope.progressive.driver;

import io.longrope.progressive.report.CropRemark;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.stage.Front;
import io.longrope.progressive.stage.Selection;
import io.longrope.search.work.Objective;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tells what was chosen among the finalists of a search, on samples that the search never saw. */
final class ChoiceReporter {

    private static final Logger LOG = LoggerFactory.getLogger(ChoiceReporter.class);

    private final JobId job;
    private final Consumer<JobEvent> events;
    private final InstantSource clock;

    ChoiceReporter(JobId job, Consumer<JobEvent> events, InstantSource clock) {
        this.job = job;
        this.events = events;
        this.clock = clock;
    }

    void picked(Front front, OptionalDouble crop, Objective objective) {
        var title = JobReporter.title(front.stage(), front.length());
        LOG.info("{} · front of {} on the samples of the search, perplexity at {} / {}: {}", title, front.searched().size(), front.length(),
                front.shortLength(), both(front.searched()));
        LOG.info("{} · on samples the search never saw: {}", title, both(front.compared()));
        var picked = front.picked();
        var twin = front.pickedForEngines().filter(one -> !one.equals(picked));
        LOG.atInfo().addKeyValue("stage", front.stage()).addKeyValue("length", front.length())
                .addKeyValue("shortLength", front.shortLength())
                .addKeyValue("picked", picked.name()).addKeyValue("perplexity", picked.longPerplexity())
                .addKeyValue("shortPerplexity", picked.shortPerplexity())
                .log("{} · picked: {} (n̂ {}) · {}{}", title, both(List.of(picked)), picked.candidate().startTokens(), front.rule(),
                        twin.map(one -> " · as engines run it: " + both(List.of(one))).orElse(""));
        var numbers = new TreeMap<String, Double>();
        numbers.put(JobEvent.LENGTH, (double) front.length());
        numbers.put(JobEvent.BEST, picked.longPerplexity());
        numbers.put(JobEvent.START_TOKENS, (double) picked.candidate().startTokens());
        front.pickedForEngines().ifPresent(one -> numbers.put(JobEvent.FOR_ENGINES, one.longPerplexity()));
        addCrop(numbers, front.stage(), front.length(), objective, picked.longPerplexity(), crop);
        events.accept(JobEvent.ofStage(job, JobEvent.Kind.TABLE, front.stage(), numbers, picked.name(), clock.instant()));
    }

    private static String both(List<Front.Losses> candidates) {
        return candidates.stream().map(one -> one.name() + " " + Quantities.perplexity(one.longPerplexity()) + " / "
                + Quantities.perplexity(one.shortPerplexity())).collect(Collectors.joining(", "));
    }

    void selected(String stage, Selection selection, OptionalDouble crop, Objective objective) {
        var winner = selection.winner();
        var twin = selection.winnerForEngines();
        var winnerGap = winner.gap().isPresent()
                ? String.format(Locale.ROOT, ", %+.1f %% against those of the search", 100 * winner.gap().getAsDouble()) : "";
        var compared = selection.contenders().stream().filter(one -> one.gap().isPresent()).toList();
        var gaps = compared.stream().map(one -> one.name() + " " + Quantities.perplexity(one.searchPerplexity().getAsDouble()) + " -> "
                + Quantities.perplexity(one.perplexity()) + String.format(Locale.ROOT, " (%+.1f %%)", 100 * one.gap().getAsDouble()))
                .collect(Collectors.joining(", "));
        LOG.atInfo().addKeyValue("stage", stage).addKeyValue("length", selection.length())
                .addKeyValue("gaps", compared.stream().collect(Collectors.toMap(Selection.Contender::name, one -> one.gap().getAsDouble())))
                .log("{} · {}on samples of the search -> on others: {}", JobReporter.title(stage, selection.length()),
                JobReporter.otherThanPerplexity(objective), gaps);
        LOG.atInfo().addKeyValue("stage", stage).addKeyValue("length", selection.length()).addKeyValue("chosen", winner.name())
                .addKeyValue("objective", objective.quantity()).addKeyValue("perplexity", winner.perplexity())
                .log("{} · chosen: {} (n̂ {}) · {}{} on samples the search never saw{}{}", JobReporter.title(stage, selection.length()),
                winner.name(),
                        winner.candidate().startTokens(), JobReporter.otherThanPerplexity(objective),
                        Quantities.perplexity(winner.perplexity()), winnerGap,
                        twin == winner ? "" : " · as engines run it: " + Quantities.perplexity(twin.perplexity()));
        selection.contenders().forEach(one ->
                LOG.debug("{} · {}: {}", JobReporter.title(stage, selection.length()), one.name(),
                        Quantities.perplexity(one.perplexity())));
        var numbers = new TreeMap<String, Double>();
        numbers.put(JobEvent.LENGTH, (double) selection.length());
        numbers.put(JobEvent.BEST, winner.perplexity());
        numbers.put(JobEvent.FOR_ENGINES, twin.perplexity());
        numbers.put(JobEvent.START_TOKENS, (double) winner.candidate().startTokens());
        winner.searchPerplexity().ifPresent(searched -> numbers.put(JobEvent.SEARCHED, searched));
        addCrop(numbers, stage, selection.length(), objective, winner.perplexity(), crop);
        events.accept(JobEvent.ofStage(job, JobEvent.Kind.TABLE, stage, numbers,
                winner.name() + (objective == Objective.PERPLEXITY ? "" : ", by " + objective.quantity()), clock.instant()));
    }

    /** Says so too where the table chosen is not worth its length. */
    private void addCrop(Map<String, Double> numbers, String stage, int length, Objective objective, double chosen,
                         OptionalDouble cropLoss) {
        cropLoss.ifPresent(loss -> {
            double crop = Math.exp(loss);
            numbers.put(JobEvent.CROP, crop);
            CropRemark.of(length, objective.quantity(), chosen, crop).ifPresent(remark -> LOG.atWarn().addKeyValue("stage", stage)
                    .addKeyValue("length", length).addKeyValue("perplexity", chosen).addKeyValue("crop", crop)
                    .log("{} · {}", JobReporter.title(stage, length), remark));
        });
    }
}
