package io.longrope.progressive.bench;

import io.longrope.progressive.report.TextTable;
import io.longrope.search.evolution.SearchBenchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What searches of the analytic problems came to. */
public record AnalyticTable(List<SearchBenchmark.Row> rows) {

    /** For people. */
    public TextTable table() {
        return new TextTable(List.of("problem", "algorithm", "evaluations", "mean loss", "deviation", "best", "worst", "reached target",
                "evaluations to target"),
                rows.stream().map(row -> List.of(row.problem(), row.algorithm(), Integer.toString(row.evaluations()), figure(row.mean()),
                        figure(row.deviation()), figure(row.best()), figure(row.worst()), Integer.toString(row.reached()),
                        row.evaluationsToTarget().isPresent() ? Integer.toString(row.evaluationsToTarget().getAsInt()) : "")).toList(), 2);
    }

    /** For programs: every digit, nothing where there is no value. */
    public TextTable exactTable() {
        return TextTable.ofCells(rows.stream().map(AnalyticTable::cells).toList());
    }

    /** As maps, for JSON. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("rows", rows.stream().map(AnalyticTable::cells).toList());
        return tree;
    }

    private static Map<String, Object> cells(SearchBenchmark.Row row) {
        var cells = new LinkedHashMap<String, Object>();
        cells.put("problem", row.problem());
        cells.put("algorithm", row.algorithm());
        cells.put("evaluations", row.evaluations());
        cells.put("mean", row.mean());
        cells.put("deviation", row.deviation());
        cells.put("best", row.best());
        cells.put("worst", row.worst());
        cells.put("target", row.target());
        cells.put("reached", row.reached());
        cells.put("evaluationsToTarget", row.evaluationsToTarget().isPresent() ? row.evaluationsToTarget().getAsInt() : null);
        return cells;
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.5f", value);
    }
}
