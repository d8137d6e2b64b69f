package io.longrope.progressive.report;

import io.longrope.progressive.report.chart.FactorFigure;
import io.longrope.progressive.report.chart.Figure;
import io.longrope.progressive.report.chart.LengthFigure;
import io.longrope.progressive.report.chart.RetrievalFigure;
import io.longrope.progressive.report.chart.SearchFigure;
import io.longrope.progressive.report.chart.TimelineFigure;
import io.longrope.progressive.report.chart.TradeOffFigure;
import io.longrope.progressive.report.chart.TrainingFigure;
import io.longrope.search.job.FoundTable;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.JsonFormat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A run for people to look at, finished or not: read from its run directory it becomes {@code report.html}, one file that needs nothing
 * else, and the pictures in it as {@code charts/*.png}; made of what the job log holds it is shown while it grows.
 *
 * @param planText as YAML
 * @param tables   by their titles
 */
public record RunReport(JobPlan plan, String planText, Optional<Environment> environment, RunHistory history,
                        Optional<ClosingTable> closing, Optional<ClosingTable> byFineTune, Optional<TradeOff> tradeOff,
                        Optional<RetrievalReport> retrieval, Map<String, FactorTable> tables, TriedReport tried) {

    public static final String FILE = "report.html";

    /** @throws BadInput when the directory is not a run's, or what it holds is broken */
    public static RunReport read(Path directory) throws IOException {
        var plan = directory.resolve(RunLayout.PLAN);
        if (!Files.exists(plan)) {
            throw new BadInput(directory.toString(), "must be the directory of a run", "without plan.yaml", "");
        }
        RunLayout.require(directory);
        var tables = new LinkedHashMap<String, FactorTable>();
        addTable(tables, "factors-before-fine-tuning", directory.resolve("tables/before-fine-tuning.json"));
        addTable(tables, "factors", directory.resolve("tables/factors.json"));
        addTable(tables, "factors-best-so-far", directory.resolve("tables/best-so-far.json"));
        var environment = directory.resolve(Environment.FILE);
        var effective = JobPlan.fromTree(PlanReader.tree(plan));
        var history = RunHistory.read(directory);
        return new RunReport(effective, Files.readString(plan),
                Files.exists(environment) ? Optional.of(Environment.read(directory)) : Optional.empty(), history,
                ClosingTable.read(directory, "report.json", ""),
                ClosingTable.read(directory, PerplexityReport.BY_FINE_TUNE, PositionReport.BY_FINE_TUNE),
                TradeOff.read(directory), ClosingTable.read(directory.resolve(RetrievalReport.FILE), RetrievalReport::fromTree), tables,
                new TriedReport(history.tried()));
    }

    /**
     * Of what the job log tells.
     *
     * @param tables by the names they are kept under
     * @param before the report of the same job that was made last, whose work need not be done again
     */
    public static RunReport of(JobPlan plan, RunHistory history, Map<String, FactorTable> tables, Optional<RunReport> before) {
        // the table of all lengths holds those of the stages
        var last = tables.get(FoundTable.FINAL);
        return new RunReport(plan, plan.toYaml(), Optional.empty(), history, ClosingTable.of(history, RunHistory.CLOSING),
                ClosingTable.of(history, RunHistory.BY_FINE_TUNE), TradeOff.of(history), history.retrieval(),
                last == null ? tables : Map.of(FoundTable.FINAL, last),
                before.map(report -> report.tried().following(history.tried())).orElseGet(() -> new TriedReport(history.tried())));
    }

    private static void addTable(Map<String, FactorTable> tables, String name, Path file) throws IOException {
        if (Files.exists(file)) {
            tables.put(name, new JsonFormat().read(file));
        }
    }

    /**
     * Writes the page and its pictures into a directory.
     *
     * @throws BadInput when this machine cannot draw
     */
    public Path write(Path directory) throws IOException {
        var charts = Files.createDirectories(directory.resolve("charts"));
        return page((figure, shows) -> {
            var png = figure.png();
            Figure.write(png, charts.resolve(figure.name() + ".png"));
            return Pictures.inline(png);
        }).write(directory.resolve(FILE));
    }

    /**
     * Writes the page alone.
     *
     * @throws BadInput when this machine cannot draw
     */
    public Path writePage(Path file) throws IOException {
        return page(Pictures.INLINE).write(file);
    }

    private HtmlPage page(Pictures pictures) throws IOException {
        var page = new HtmlPage(plan.name(), pictures);
        new RunSummary(plan, history).sentences().forEach(page::paragraph);
        addFindings(page);
        page.section("Workers");
        if (history.spans().isEmpty()) {
            page.paragraph("Every score was known beforehand.");
        } else {
            page.figure(TimelineFigure.of(history.spans()), history.spans());
            page.table(new RunSummary(plan, history).workers());
        }
        addPlan(page);
        page.section("Environment");
        if (environment.isPresent()) {
            page.paragraph("Of the driver.");
            page.table(environment.get().table());
        } else {
            page.paragraph("Not recorded.");
        }
        return page;
    }

    /** Which model, and what to know of the results. */
    public void addSubject(HtmlPage page) {
        var summary = new RunSummary(plan, history);
        page.paragraph(summary.model());
        summary.caveats().forEach(page::paragraph);
    }

    /** What was measured, chosen and found, as far as the run is. */
    public void addFindings(HtmlPage page) throws IOException {
        if (closing.isPresent()) {
            page.section("Perplexity by length and method");
            page.paragraph("On text that neither a search nor a choice saw; lower is better. LongRoPE: the base model with the "
                    + "searched factors. LongRoPE tuned: after fine-tuning. crop: the base model that sees its last tokens only, as many "
                    + "as its window has. n̂=0: without start tokens, as inference engines run it.");
            closing.get().addPerplexities(page);
            page.figure(LengthFigure.of(closing.get().perplexities()), closing.get().perplexities());
            closing.get().addPositions(page, "What the longer window is worth", "");
        }
        if (byFineTune.isPresent()) {
            page.section("Perplexity before the first fine-tune and after each");
            byFineTune.get().addPerplexities(page);
            byFineTune.get().addPositions(page, "What the longer window is worth before the first fine-tune and after each",
                    PositionReport.BY_FINE_TUNE);
        }
        if (tradeOff.isPresent()) {
            page.section("One table for all lengths");
            page.paragraph("Most engines keep one table, so texts shorter than it was made for pay. longrope export --for-length exports "
                    + "the table for the window a deployment really uses.");
            page.table(tradeOff.get().table());
            page.figure(TradeOffFigure.of(tradeOff.get()), tradeOff.get());
        }
        if (retrieval.isPresent()) {
            addRetrieval(page, retrieval.get());
        }
        addStages(page);
        if (!tables.isEmpty()) {
            page.section("Rescale factors");
            for (var table : tables.entrySet()) {
                page.figure(FactorFigure.of(table.getKey(), table.getValue()), table.getValue());
            }
        }
        page.section("Search progress");
        for (var search : history.searches().entrySet()) {
            page.figure(SearchFigure.of(search.getKey(), search.getValue(), plan.objective(search.getKey().stage()).quantity()),
                    search.getValue());
        }
        for (var training : history.trainings().entrySet()) {
            page.figure(TrainingFigure.of(training.getKey(), training.getValue()), training.getValue());
        }
        tried.addTo(page);
    }

    private static void addRetrieval(HtmlPage page, RetrievalReport found) throws IOException {
        page.section("Found again");
        page.paragraph("Share of what was hidden in long prompts that greedy generation found again, mean over where it lay.");
        page.table(found.table());
        for (var kind : found.kinds()) {
            page.figure(RetrievalFigure.of("retrieval-" + kind, kind, found.last(), found.last(), found), found);
        }
    }

    public void addPlan(HtmlPage page) {
        page.section("Plan");
        page.folded("plan.yaml, every default written out", planText);
    }

    private void addStages(HtmlPage page) {
        var summary = new RunSummary(plan, history);
        page.section("Stages");
        page.table(summary.stages());
        var choices = summary.choices();
        if (!choices.rows().isEmpty()) {
            page.paragraph("What the searches chose. Search and selection are of the stage's objective. Selection is on samples the search "
                    + "never saw; a choice is made there.");
            page.table(choices);
            summary.remarks().forEach(page::paragraph);
        }
    }
}
