package io.longrope.progressive.bench;

import io.longrope.progressive.report.ResultTable;
import io.longrope.progressive.report.TextTable;
import io.longrope.search.evolution.SearchBenchmark;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What searches of the analytic problems came to. */
public record AnalyticTable(List<SearchBenchmark.Row> rows) implements ResultTable {

    @Override
    public TextTable table() {
        return new TextTable(List.of("problem", "algorithm", "evaluations", "mean loss", "deviation", "best", "worst", "reached target",
                "evaluations to target"),
                rows.stream().map(row -> List.of(row.problem(), row.algorithm(), Integer.toString(row.evaluations()), figure(row.mean()),
                        figure(row.deviation()), figure(row.best()), figure(row.worst()), Integer.toString(row.reached()),
                        row.evaluationsToTarget().isPresent() ? Integer.toString(row.evaluationsToTarget().getAsInt()) : "")).toList(), 2);
    }

    @Override
    public List<Map<String, Object>> cells() {
        return rows.stream().map(ResultTable::cells).toList();
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, "%.5f", value);
    }
}
