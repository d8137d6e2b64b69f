package io.longrope.progressive.report.chart;

import io.longrope.evaluator.metric.Estimate;
import io.longrope.progressive.report.PositionReport;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.util.List;

/** What a longer window is worth by length, a line for each method or run, each figure with its standard error. */
public final class GainFigure {

    private static final int WIDTH = 840;
    private static final int HEIGHT = 460;
    /** Of the height above 0 and of that below it at least so much is shown, in nats. */
    private static final double LEAST = 0.05;

    private GainFigure() {
    }

    /**
     * @param name   of the picture
     * @param report of gains at one length or more
     */
    public static Figure of(String name, PositionReport report) {
        return of(name, report, new MethodLines(report.columns()));
    }

    /**
     * @param report of gains at one length or more; its columns are runs
     * @param runs   the names of all, in the order of the page
     */
    public static Figure ofRuns(PositionReport report, List<String> runs) {
        return of("gain-of-runs", report, new RunLines(runs));
    }

    private static Figure of(String name, PositionReport report, Lines lines) {
        var chart = Charts.xy("Gain over crop on unseen text", "length, tokens", "gain, nats", WIDTH, HEIGHT);
        Charts.linearY(chart);
        chart.getStyler().setErrorBarsColorSeriesColor(true).setLegendPosition(Styler.LegendPosition.OutsideE)
                .setLegendLayout(Styler.LegendLayout.Vertical);
        var rows = report.rows();
        Charts.wholePowersX(chart, rows.get(0).length(), rows.get(rows.size() - 1).length(), WIDTH);
        double greatest = Math.max(LEAST, rows.stream().flatMap(row -> row.figures().stream()).flatMap(figure -> figure.stream())
                .mapToDouble(Estimate::value).filter(Double::isFinite).max().orElse(LEAST));
        double lowest = -2 * greatest;
        chart.getStyler().setYAxisMin(lowest).setYAxisMax(1.2 * greatest);
        Charts.markZero(chart);
        for (int i = 0; i < report.columns().size(); i++) {
            int column = i;
            draw(chart, report.columns().get(i), lines, rows.stream().filter(row -> row.figures().get(column)
                    .filter(figure -> figure.value() >= lowest && Double.isFinite(figure.value())).isPresent()).toList(), column);
        }
        return Figure.of(name, "Mean over the tokens beyond the base model's window of crop's loss minus the method's, with "
                + "its standard error: above 0 text farther away than the window helps. Lines leave out what lies far below.", chart);
    }

    private static void draw(XYChart chart, String name, Lines lines, List<PositionReport.Row> rows, int column) {
        if (rows.isEmpty()) {
            return;
        }
        var figures = rows.stream().map(row -> row.figures().get(column).orElseThrow()).toList();
        var series = chart.addSeries(name, rows.stream().mapToDouble(row -> Charts.log(row.length())).toArray(),
                figures.stream().mapToDouble(Estimate::value).toArray(),
                figures.stream().mapToDouble(figure -> figure.standardError().orElse(0)).toArray());
        series.setLineColor(lines.color(name)).setLineStyle(lines.stroke(name));
        series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(lines.color(name));
    }
}
