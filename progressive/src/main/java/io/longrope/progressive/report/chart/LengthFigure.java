package io.longrope.progressive.report.chart;

import io.longrope.progressive.report.PerplexityReport;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.util.List;
import java.util.OptionalDouble;

/** Perplexity by length, a line for each method or run; what engines run is dashed. */
public final class LengthFigure {

    private static final int WIDTH = 840;
    private static final int HEIGHT = 460;

    private LengthFigure() {
    }

    /** @param report of at least one length */
    public static Figure of(PerplexityReport report) {
        return of("perplexity-by-length",
                "Perplexity by length and method on text that no search and no choice saw; dashed: without start tokens, as engines run it."
                + " Lines end where a method diverges or says nothing about a length.", report, new MethodLines(report.columns()));
    }

    /**
     * @param report of at least one length; its columns are runs
     * @param runs   the names of all, in the order of the page
     */
    public static Figure ofRuns(PerplexityReport report, List<String> runs) {
        return of("perplexity-of-runs",
                "Perplexity by length of what each run found last, on text that no search and no choice saw; dashed: without start tokens, "
                + "as engines run it; dotted: its own crop. Lines end where a method diverges or says nothing about a length.", report,
                new RunLines(runs));
    }

    private static Figure of(String name, String caption, PerplexityReport report, Lines lines) {
        var lengths = report.rows().stream().mapToDouble(PerplexityReport.Row::length).toArray();
        var chart = Charts.xy("Perplexity on unseen text", "length, tokens", "perplexity", WIDTH, HEIGHT);
        var finite = report.rows().stream().flatMap(row -> row.perplexities().stream()).filter(LengthFigure::isFinite)
                .mapToDouble(OptionalDouble::getAsDouble).summaryStatistics();
        Charts.logY(chart, finite.getMin(), finite.getMax());
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE).setLegendLayout(Styler.LegendLayout.Vertical);
        Charts.wholePowersX(chart, lengths[0], lengths[lengths.length - 1], WIDTH);
        for (int i = 0; i < report.columns().size(); i++) {
            int cell = i;
            draw(chart, report.columns().get(i), lines,
                    report.rows().stream().filter(row -> isFinite(row.perplexities().get(cell))).toList(), cell);
        }
        return Figure.of(name, caption, chart);
    }

    private static void draw(XYChart chart, String column, Lines lines, List<PerplexityReport.Row> rows, int cell) {
        if (!rows.isEmpty()) {
            Charts.line(chart, column, rows.stream().mapToDouble(row -> Charts.log(row.length())).toArray(),
                    rows.stream().mapToDouble(row -> Charts.log(row.perplexities().get(cell).getAsDouble())).toArray(),
                    lines.color(column), lines.stroke(column), SeriesMarkers.CIRCLE);
        }
    }

    private static boolean isFinite(OptionalDouble cell) {
        return cell.isPresent() && Double.isFinite(cell.getAsDouble());
    }
}
