package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Crop;
import io.longrope.progressive.report.chart.FactorFigure;
import io.longrope.progressive.report.chart.GainFigure;
import io.longrope.progressive.report.chart.LengthFigure;
import io.longrope.progressive.report.chart.RetrievalFigure;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/** A comparison of runs as a page shows it: its tables, and charts with a line for each run. */
public final class ComparisonPage {

    private final RunComparison comparison;

    public ComparisonPage(RunComparison comparison) {
        this.comparison = comparison;
    }

    /** Everything but the page's title. */
    public void addTo(HtmlPage page) throws IOException {
        for (var table : comparison.tables()) {
            page.section(table.title());
            page.paragraph(table.remark());
            addFigures(page, table.key());
            page.table(table.table());
        }
    }

    private void addFigures(HtmlPage page, String key) throws IOException {
        switch (key) {
            case "perplexity" -> {
                var drawn = perplexities();
                if (!drawn.rows().isEmpty()) {
                    page.figure(LengthFigure.ofRuns(drawn, comparison.names()), List.of(comparison.names(), drawn));
                }
            }
            case "gain" -> {
                var drawn = gains();
                if (!drawn.rows().isEmpty()) {
                    page.figure(GainFigure.ofRuns(drawn, comparison.names()), List.of(comparison.names(), drawn));
                }
            }
            case "retrieval" -> {
                int number = 1;
                for (var run : comparison.retrievalReports().entrySet()) {
                    var found = run.getValue();
                    for (var kind : found.kinds()) {
                        page.figure(RetrievalFigure.of("retrieval-" + kind + "-" + number, kind, found.last(), run.getKey(), found), run);
                    }
                    number++;
                }
            }
            case "factors" -> page.figure(FactorFigure.over("factors-of-runs", comparison.factorTables(), comparison.names()),
                    List.of(comparison.names(), comparison.factorTables()));
            default -> { }
        }
    }

    /** What each run found last, with start tokens and as engines run it, and crop: once where it is the same for all. */
    PerplexityReport perplexities() {
        var closing = comparison.closingTables();
        var columns = new LinkedHashMap<String, Column<PerplexityReport>>();
        boolean oneCrop = closing.values().stream().map(ClosingTable::perplexities).map(ComparisonPage::crop).distinct().count() == 1;
        closing.forEach((run, table) -> {
            columns.putIfAbsent(oneCrop ? Crop.NAME : run + " " + Crop.NAME, new Column<>(table.perplexities(), Crop.NAME));
            last(table.perplexities().columns()).ifPresent(column -> {
                columns.put(run + ReportColumn.FOR_ENGINES, new Column<>(table.perplexities(), column + ReportColumn.FOR_ENGINES));
                columns.put(run, new Column<>(table.perplexities(), column));
            });
        });
        var lengths = new TreeSet<Integer>();
        closing.values().forEach(table -> table.perplexities().rows().forEach(row -> lengths.add(row.length())));
        return new PerplexityReport(0, List.copyOf(columns.keySet()), lengths.stream().map(length ->
                new PerplexityReport.Row(length, columns.values().stream()
                        .map(column -> column.report.figure(length, column.name)).toList())).toList());
    }

    /** Of what each run found last. */
    PositionReport gains() {
        var columns = new LinkedHashMap<String, Column<PositionReport>>();
        comparison.closingTables().forEach((run, table) -> table.gains().ifPresent(gains -> last(gains.columns()).ifPresent(column -> {
            columns.put(run + ReportColumn.FOR_ENGINES, new Column<>(gains, column + ReportColumn.FOR_ENGINES));
            columns.put(run, new Column<>(gains, column));
        })));
        var rows = new LinkedHashMap<Integer, PositionReport.Row>();
        columns.values().forEach(column -> column.report.rows().forEach(row -> rows.putIfAbsent(row.length(), row)));
        return new PositionReport(MetricTable.Quantity.GAIN, 0, List.copyOf(columns.keySet()), rows.keySet().stream().sorted()
                .map(length -> new PositionReport.Row(length, rows.get(length).bin(), columns.values().stream()
                        .map(column -> column.report.figure(length, column.name)).toList())).toList());
    }

    /** @param name of a column of the report */
    private record Column<T>(T report, String name) {
    }

    /** The column of what a job found last. */
    private static Optional<String> last(List<String> columns) {
        return columns.stream().filter(column -> column.startsWith(ReportColumn.SEARCHED) && !column.endsWith(ReportColumn.FOR_ENGINES))
                .reduce((first, second) -> second);
    }

    private static Map<Integer, OptionalDouble> crop(PerplexityReport report) {
        var crop = new LinkedHashMap<Integer, OptionalDouble>();
        report.rows().forEach(row -> crop.put(row.length(), report.figure(row.length(), Crop.NAME)));
        return crop;
    }
}
