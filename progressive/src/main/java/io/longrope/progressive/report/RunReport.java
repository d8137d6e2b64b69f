package io.longrope.progressive.report;

import io.longrope.progressive.report.chart.FactorFigure;
import io.longrope.progressive.report.chart.Figure;
import io.longrope.progressive.report.chart.LengthFigure;
import io.longrope.progressive.report.chart.PasskeyFigure;
import io.longrope.progressive.report.chart.SearchFigure;
import io.longrope.progressive.report.chart.TimelineFigure;
import io.longrope.search.json.Json;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.JsonFormat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A run for people to look at, finished or not: {@code report.html}, one file that needs nothing else, and the pictures in
 * it as {@code charts/*.png}. Made of what the run directory holds.
 *
 * @param tables by their titles
 */
public record RunReport(Path directory, JobPlan plan, String planText, Optional<Environment> environment, RunHistory history,
                        Optional<PerplexityReport> perplexities, Optional<PerplexityReport> byFineTune, Map<String, FactorTable> tables) {

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
        return new RunReport(directory, JobPlan.fromTree(PlanReader.tree(plan)), Files.readString(plan),
                Files.exists(environment) ? Optional.of(Environment.read(directory)) : Optional.empty(), RunHistory.read(directory),
                perplexities(directory.resolve("report.json")), perplexities(directory.resolve(PerplexityReport.BY_FINE_TUNE)), tables);
    }

    private static Optional<PerplexityReport> perplexities(Path file) throws IOException {
        return Files.exists(file) ? Optional.of(PerplexityReport.fromTree(Json.mapper().readTree(file.toFile()))) : Optional.empty();
    }

    private static void addTable(Map<String, FactorTable> tables, String name, Path file) throws IOException {
        if (Files.exists(file)) {
            tables.put(name, new JsonFormat().read(file));
        }
    }

    /** @throws BadInput when this machine cannot draw */
    public Path write() throws IOException {
        var page = new HtmlPage(plan.name());
        var summary = new RunSummary(plan, history);
        summary.sentences().forEach(page::paragraph);
        if (perplexities.isPresent()) {
            page.section("Perplexity by length and method");
            page.paragraph("On text that neither a search nor a choice saw; lower is better. LongRoPE: the base model with the "
                    + "searched factors. "
                    + "LongRoPE tuned: after fine-tuning. n̂=0: without start tokens, as inference engines run it.");
            page.table(perplexities.get().table());
            draw(page, LengthFigure.of(perplexities.get()));
        }
        if (byFineTune.isPresent()) {
            page.section("Perplexity before the first fine-tune and after each");
            page.table(byFineTune.get().table());
        }
        var passkey = directory.resolve(PasskeyReport.FILE);
        if (Files.exists(passkey)) {
            page.section("Pass keys");
            draw(page, PasskeyFigure.of(PasskeyReport.read(passkey)));
        }
        page.section("Stages");
        page.paragraph("Search and selection are of the stage's objective. Selection is on samples the search never saw; a choice is "
                + "made there.");
        page.table(summary.stages());
        if (!tables.isEmpty()) {
            page.section("Rescale factors");
            for (var table : tables.entrySet()) {
                draw(page, FactorFigure.of(table.getKey(), table.getValue()));
            }
        }
        page.section("Search progress");
        for (var search : history.searches().entrySet()) {
            draw(page, SearchFigure.of(search.getKey(), search.getValue(), plan.objective(search.getKey().stage()).quantity()));
        }
        page.section("Workers");
        if (history.spans().isEmpty()) {
            page.paragraph("Every score was known beforehand.");
        } else {
            draw(page, TimelineFigure.of(history.spans()));
            page.table(summary.workers());
        }
        page.section("Plan");
        page.folded("plan.yaml, every default written out", planText);
        page.section("Environment");
        if (environment.isPresent()) {
            page.paragraph("Of the driver.");
            page.table(summary.environment(environment.get()));
        } else {
            page.paragraph("Not recorded.");
        }
        return write(page.toString());
    }

    private void draw(HtmlPage page, Figure figure) throws IOException {
        Files.createDirectories(directory.resolve("charts"));
        figure.write(directory.resolve("charts/" + figure.name() + ".png"));
        page.figure(figure);
    }

    private Path write(String text) throws IOException {
        var part = directory.resolve(FILE + ".part");
        Files.writeString(part, text);
        return Files.move(part, directory.resolve(FILE), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
