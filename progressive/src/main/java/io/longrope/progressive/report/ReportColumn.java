package io.longrope.progressive.report;

import io.longrope.progressive.stage.FinalTables;
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
 * @param candidate by length; empty where there is none for it
 */
public record ReportColumn(String title, StageModel model, IntFunction<Optional<Candidate>> candidate) {

    private static final Map<String, String> TITLES = Map.of("original", "RoPE", "none", "RoPE", "rope", "RoPE", "pi", "PI", "linear", "PI",
            "ntk", "NTK", "dynamic-ntk", "dynamic NTK", "dynamic", "dynamic NTK", "yarn", "YaRN", "llama3", "Llama 3");

    /** The known methods and what was searched, on the base model and after the last fine-tune. */
    public static List<ReportColumn> closing(StageContext context, FinalTables tables) {
        var findings = context.findings();
        var columns = new ArrayList<ReportColumn>();
        context.plan().report().methods().forEach(method -> columns.add(ofMethod("", method, findings.base(), context)));
        tables.base().ifPresent(table -> addTable(columns, "LongRoPE", findings.base(), table));
        findings.tuning().ifPresent(tuning -> {
            tuning.others().forEach((method, model) -> columns.add(ofMethod(" tuned", method, model, context)));
            addTable(columns, "LongRoPE tuned", tuning.model(), tables.last());
        });
        return columns;
    }

    /** The methods trained, before the first fine-tune and after each. */
    public static List<ReportColumn> byFineTune(StageContext context, FinalTables tables) {
        var findings = context.findings();
        var columns = new ArrayList<ReportColumn>();
        for (var method : context.plan().report().fineTuned()) {
            columns.add(ofMethod("", method, findings.base(), context));
            findings.tunings().forEach(tuning ->
                    columns.add(ofMethod(" after " + tuning.stage(), method, tuning.others().get(method), context)));
        }
        tables.base().ifPresent(table -> columns.add(ofTable("LongRoPE", findings.base(), table)));
        for (int i = 0; i < tables.tuned().size(); i++) {
            var tuning = findings.tunings().get(i);
            columns.add(ofTable("LongRoPE after " + tuning.stage(), tuning.model(), tables.tuned().get(i)));
        }
        return columns;
    }

    private static ReportColumn ofMethod(String suffix, String method, StageModel model, StageContext context) {
        return new ReportColumn(TITLES.getOrDefault(method, method) + suffix, model,
                length -> Optional.of(KnownMethods.candidate(method, context.geometry(), length)));
    }

    private static void addTable(List<ReportColumn> columns, String title, StageModel model, FactorTable table) {
        columns.add(new ReportColumn(title + " n̂=0", model, length -> within(table, length).map(reached -> table.entryFor(reached)
                .map(entry -> entry.exportable().candidate()).orElseGet(() -> table.forLength(reached)))));
        columns.add(ofTable(title, model, table));
    }

    private static ReportColumn ofTable(String title, StageModel model, FactorTable table) {
        return new ReportColumn(title, model, length -> within(table, length).map(table::forLength));
    }

    private static Optional<Integer> within(FactorTable table, int length) {
        return length <= table.longest().length() ? Optional.of(length) : Optional.empty();
    }
}
