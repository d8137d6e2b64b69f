package io.longrope.progressive.driver;

import com.fasterxml.jackson.databind.ObjectWriter;
import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.evaluator.checkpoint.ModelDirectory;
import io.longrope.progressive.report.FrontTable;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.report.PositionReport;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.ReportScores;
import io.longrope.progressive.report.RetrievalReport;
import io.longrope.progressive.report.TradeOff;
import io.longrope.progressive.report.TextTable;
import io.longrope.progressive.report.TriedFiles;
import io.longrope.progressive.stage.FinalTables;
import io.longrope.progressive.stage.StageContext;
import io.longrope.search.job.FoundTable;
import io.longrope.search.json.Json;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.progressive.plan.Lengths;
import io.longrope.search.table.CsvFormat;
import io.longrope.search.table.Engine;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.HuggingFaceFormat;
import io.longrope.search.table.JsonFormat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Writes what a job came to. Nothing in the files depends on when or by how many workers it was found. */
final class Results {

    private static final ObjectWriter JSON = Json.mapper().writerWithDefaultPrettyPrinter();

    private final StageContext context;
    private final RunDirectory directory;
    private final BiConsumer<String, FactorTable> tables;
    /** How many findings have been written: what is found is never altered. */
    private int written;
    /** The same of what searches tried. */
    private int triedWritten;

    /**
     * @param tables    told of every table beside its file, by name
     */
    Results(StageContext context, RunDirectory directory, BiConsumer<String, FactorTable> tables) {
        this.context = context;
        this.directory = directory;
        this.tables = tables;
    }

    /**
     * What the stages found since the last call, a table for each length, and all that their searches tried: all there is of a job that is
     * cancelled.
     */
    void writeFound() throws IOException {
        var plan = context.plan();
        var searched = context.findings().searched();
        for (var finding : searched.subList(written, searched.size())) {
            var name = name(finding.stage(), finding.length());
            var file = directory.resolve("tables/stages/" + name + ".json");
            Files.createDirectories(file.getParent());
            var table = new FactorTable(plan.model(), context.geometry(), List.of(finding.entry()),
                    List.of("job " + plan.name() + ", plan " + plan.fingerprint(), "stage " + finding.stage()));
            new JsonFormat().write(table, file);
            tables.accept(name, table);
        }
        written = searched.size();
        var tried = context.findings().tried();
        for (var search : tried.subList(triedWritten, tried.size())) {
            directory.write(TriedFiles.FOLDER + "/" + name(search.stage(), search.length()) + ".json", TriedFiles.text(search));
        }
        triedWritten = tried.size();
    }

    /** Of a search: the stage's, which says its length as a rule. */
    private static String name(String stage, int length) {
        var text = Lengths.format(length);
        return stage.contains(text) ? stage : stage + "-" + text;
    }

    void write(FinalTables found, ReportScores scores, Optional<ReportScores> scoresByFineTune, Optional<TradeOff> tradeOff,
               Optional<RetrievalReport> retrieval) throws IOException {
        var report = scores.perplexities();
        var byFineTune = scoresByFineTune.map(ReportScores::perplexities);
        Files.createDirectories(directory.resolve("tables"));
        if (found.base().isPresent() && context.findings().tuning().isPresent()) {
            new JsonFormat().write(found.base().get(), directory.resolve("tables/before-fine-tuning.json"));
        }
        var table = found.last();
        new JsonFormat().write(table, directory.resolve("tables/factors.json"));
        tables.accept(FoundTable.FINAL, table);
        var notes = new ArrayList<>(new HuggingFaceFormat(Engine.TRANSFORMERS).write(table, directory.resolve("tables/huggingface.json")));
        for (var entry : table.entries()) {
            var csv = new CsvFormat(table.model(), table.geometry(), entry.length(), AttentionTemperature.longrope());
            csv.write(table, directory.resolve("tables/microsoft-" + entry.length() + ".csv"));
        }
        for (var front : context.findings().fronts()) {
            var name = "fronts/" + front.stage();
            directory.write(name + ".csv", new FrontTable(front).exactTable().csv());
            directory.write(name + ".json", JSON.writeValueAsString(new FrontTable(front).tree()));
        }
        writeModel(table);
        directory.write("report.md", markdown(scores, scoresByFineTune, tradeOff, retrieval, notes));
        directory.write("report.csv", report.exactTable().csv());
        directory.write("report.json", JSON.writeValueAsString(report.tree()));
        write("", scores);
        if (tradeOff.isPresent()) {
            directory.write("trade-off.csv", tradeOff.get().perplexities().exactTable().csv());
            directory.write(TradeOff.FILE, JSON.writeValueAsString(tradeOff.get().perplexities().tree()));
        }
        if (retrieval.isPresent()) {
            directory.write("retrieval.csv", retrieval.get().exactTable().csv());
            directory.write(RetrievalReport.FILE, JSON.writeValueAsString(retrieval.get().tree()));
        }
        if (byFineTune.isPresent()) {
            directory.write("fine-tunes.csv", byFineTune.get().exactTable().csv());
            directory.write(PerplexityReport.BY_FINE_TUNE, JSON.writeValueAsString(byFineTune.get().tree()));
            write(PositionReport.BY_FINE_TUNE, scoresByFineTune.get());
        }
    }

    private void write(String prefix, ReportScores scores) throws IOException {
        write(prefix + PositionReport.POSITIONS, scores.positions());
        write(prefix + PositionReport.GAIN, scores.gains());
    }

    private void write(String name, PositionReport report) throws IOException {
        directory.write(name + ".csv", report.exactTable().csv());
        directory.write(name + ".json", JSON.writeValueAsString(report.tree()));
    }

    /** The final checkpoint under one name, with the factors in its config.json: what an engine loads. */
    private void writeModel(FactorTable table) throws IOException {
        var source = context.findings().latest().directory();
        var choice = context.plan().modelCopy();
        var how = choice.isPresent() ? choice.get() : ModelDirectory.usual(source);
        Directories.replace(directory.resolve("model"),
                model -> ModelDirectory.fill(model, source, table, Engine.TRANSFORMERS, directory.path(), how));
    }

    private String markdown(ReportScores scores, Optional<ReportScores> byFineTune, Optional<TradeOff> tradeOff,
                            Optional<RetrievalReport> retrieval, List<String> notes) {
        var plan = context.plan();
        var lines = new ArrayList<String>();
        lines.add("# " + plan.name());
        lines.add("");
        lines.add("Perplexity of `" + plan.model() + "` on `" + plan.data().evaluation() + "`, text that no search saw; lower is better.");
        lines.add("LongRoPE: the base model with the searched factors. LongRoPE tuned: after fine-tuning. crop: the base model that sees "
                + "its last tokens only, as many as its window has. n̂=0: without start tokens, as engines run it.");
        lines.add("");
        lines.addAll(closing(scores));
        byFineTune.ifPresent(table -> {
            lines.addAll(List.of("Before the first fine-tune and after each:", ""));
            lines.addAll(closing(table));
        });
        lines.addAll(List.of("Mean loss in nats of the tokens from one position to before another, with its standard error over samples, "
                + "of the longest samples; of all lengths in `positions.csv`:", "", scores.positions().longest().table().markdown(), ""));
        tradeOff.ifPresent(costs -> lines.addAll(List.of("One table kept at all lengths, as most engines do, and how much higher its "
                + "perplexity is than that of the table made for the length:", "", costs.table().markdown(), "")));
        retrieval.ifPresent(found -> lines.addAll(List.of("Share of what was hidden in long prompts that was found again, mean over where "
                + "it lay; by that in `retrieval.csv`:", "", found.table().markdown(), "")));
        lines.add("What the searches spent on candidates:");
        lines.add("");
        lines.add(costs().markdown());
        for (var front : context.findings().fronts()) {
            lines.add("");
            lines.add("## One table for " + front.length() + " and " + front.shortLength() + ": " + front.stage());
            lines.add("");
            lines.add("Perplexity at both lengths: on the samples of the search, and on samples no search saw, from which the table is "
                    + "picked. Rule: "
                    + front.rule() + ".");
            lines.add("");
            lines.add(new FrontTable(front).table().markdown());
        }
        if (!notes.isEmpty()) {
            lines.add("");
            lines.add("What `tables/huggingface.json` and `model/` cannot express:");
            new TreeSet<>(notes).forEach(note -> lines.add("- " + note));
        }
        return String.join("\n", lines);
    }

    private static List<String> closing(ReportScores scores) {
        var perplexities = scores.perplexities();
        var lines = new ArrayList<>(List.of(perplexities.table().markdown(), ""));
        perplexities.remarks().forEach(remark -> lines.addAll(List.of(remark, "")));
        var gains = scores.gains();
        if (!gains.rows().isEmpty()) {
            lines.addAll(List.of("Gain: mean over the tokens beyond the base model's window of crop's loss minus the method's, in nats, "
                    + "with its standard error over samples. Above 0 the longer window is worth something.", "",
                    gains.table().markdown(), ""));
        }
        return lines;
    }

    private TextTable costs() {
        return new TextTable(List.of("search", "length", "tokens", "FLOPs", "evaluations", "stopped early"),
                context.findings().costs().stream().map(cost -> List.of(cost.stage(), Integer.toString(cost.length()),
                        Long.toString(cost.tokens()), Quantities.operations(cost.operations()), Integer.toString(cost.evaluations()),
                        Integer.toString(cost.stopped()))).toList());
    }
}
