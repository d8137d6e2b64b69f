package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Crop;
import io.longrope.progressive.stage.FinalTables;
import io.longrope.progressive.stage.Findings;
import io.longrope.progressive.stage.KnownMethods;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A column of a {@link PerplexityReport}: which checkpoint is run with which candidate at a length.
 *
 * @param cropped   whether the checkpoint sees its last tokens only, as many as its own window has; then with its own RoPE
 * @param candidate by length; empty where there is none for it
 */
public record ReportColumn(String title, StageModel model, boolean cropped, IntFunction<Optional<Candidate>> candidate) {

    /** How the titles of what was searched begin. */
    static final String SEARCHED = "LongRoPE";
    /** How the title of a table ends where it is run as engines do, without start tokens. */
    public static final String FOR_ENGINES = " n̂=0";

    private static final Map<String, String> TITLES = Map.of("original", "RoPE", "none", "RoPE", "rope", "RoPE", "pi", "PI", "linear", "PI",
            "ntk", "NTK", "dynamic-ntk", "dynamic NTK", "dynamic", "dynamic NTK", "yarn", "YaRN", "llama3", "Llama 3");

    /** The known methods, crop and what was searched, on the base model and after the last fine-tune. */
    public static List<ReportColumn> closing(StageContext context, FinalTables tables) {
        var findings = context.findings();
        var columns = new ArrayList<ReportColumn>();
        context.plan().report().methods().forEach(method -> columns.add(ofMethod("", method, findings.base(), context)));
        columns.add(crop(context));
        tables.base().ifPresent(table -> addTable(columns, SEARCHED, findings.base(), table));
        findings.tuning().ifPresent(tuning -> {
            tuning.others().forEach((method, model) -> columns.add(ofMethod(" tuned", method, model, context)));
            addTable(columns, SEARCHED + " tuned", tuning.model(), tables.last());
        });
        return columns;
    }

    /** The methods trained, before the first fine-tune and after each. */
    public static List<ReportColumn> byFineTune(StageContext context, FinalTables tables) {
        var findings = context.findings();
        var columns = new ArrayList<>(List.of(crop(context)));
        for (var method : context.plan().report().fineTuned()) {
            columns.add(ofMethod("", method, findings.base(), context));
            findings.tunings().forEach(tuning ->
                    columns.add(ofMethod(" after " + tuning.stage(), method, tuning.others().get(method), context)));
        }
        tables.base().ifPresent(table -> columns.add(ofTable(SEARCHED, findings.base(), table)));
        for (int i = 0; i < tables.tuned().size(); i++) {
            var tuning = findings.tunings().get(i);
            columns.add(ofTable(SEARCHED + " after " + tuning.stage(), tuning.model(), tables.tuned().get(i)));
        }
        return columns;
    }

    /**
     * What one table for all lengths costs where texts are shorter: the table of each length beyond the original one at all lengths up to
     * its own, beside crop and the table made for the length, on the last checkpoint and as engines run them.
     */
    public static List<ReportColumn> tradeOff(StageContext context, FinalTables tables) {
        var model = context.findings().tuning().map(Findings.Tuning::model).orElse(context.findings().base());
        var table = tables.last();
        var columns = new ArrayList<>(List.of(crop(context), forEngines(TradeOff.OWN, model, table)));
        table.entries().stream().filter(entry -> entry.length() > context.geometry().originalLength())
                .forEach(entry -> columns.add(new ReportColumn(TradeOff.column(entry.length()), model, false,
                        length -> length <= entry.length() ? Optional.of(entry.exportable().candidate()) : Optional.empty())));
        return columns;
    }

    /**
     * Which look for what is hidden in prompts: known methods on the base model, crop, and at last what was searched, on the last
     * checkpoint.
     */
    public static List<ReportColumn> retrieval(StageContext context, FinalTables tables, List<String> methods) {
        var findings = context.findings();
        var columns = new ArrayList<ReportColumn>();
        methods.forEach(method -> columns.add(ofMethod("", method, findings.base(), context)));
        columns.add(crop(context));
        columns.add(findings.tuning().map(tuning -> ofTable(SEARCHED + " tuned", tuning.model(), tables.last()))
                .orElseGet(() -> ofTable(SEARCHED, findings.base(), tables.last())));
        return columns;
    }

    private static ReportColumn crop(StageContext context) {
        return new ReportColumn(Crop.NAME, context.findings().base(), true, length -> Optional.of(context.own()));
    }

    private static ReportColumn ofMethod(String suffix, String method, StageModel model, StageContext context) {
        return new ReportColumn(TITLES.getOrDefault(method, method) + suffix, model, false,
                length -> Optional.of(KnownMethods.candidate(method, context.geometry(), length)));
    }

    private static void addTable(List<ReportColumn> columns, String title, StageModel model, FactorTable table) {
        columns.add(forEngines(title + FOR_ENGINES, model, table));
        columns.add(ofTable(title, model, table));
    }

    private static ReportColumn forEngines(String title, StageModel model, FactorTable table) {
        return new ReportColumn(title, model, false, length -> within(table, length).map(reached -> table.entryFor(reached)
                .map(entry -> entry.exportable().candidate()).orElseGet(() -> table.forLength(reached))));
    }

    private static ReportColumn ofTable(String title, StageModel model, FactorTable table) {
        return new ReportColumn(title, model, false, length -> within(table, length).map(table::forLength));
    }

    private static Optional<Integer> within(FactorTable table, int length) {
        return length <= table.longest().length() ? Optional.of(length) : Optional.empty();
    }
}
