package io.longrope.progressive.report.chart;

import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.LossByPosition.Bin;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.report.PositionReport;
import io.longrope.progressive.report.PositionReport.Row;
import io.longrope.search.problem.Plural;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.util.Arrays;
import java.util.List;

/** Mean loss by how far into a text a token stands, a chart for each length beyond the window and in it a line for each method. */
public final class PositionFigure {

    private static final int WIDTH = 840;
    private static final int HEIGHT = 420;
    /** The part within the window that is drawn begins at this share of it: nearer to the beginning every method's loss is high. */
    private static final int SHARE_OF_THE_WINDOW = 4;

    /** Above crop, of crop's own. */
    private static final int MOST_HEIGHTS = 3;
    private static final double MARGIN = 1.05;

    private PositionFigure() {
    }

    /**
     * @param name   of the picture
     * @param report of losses at one length or more, crop among its columns
     */
    public static Figure of(String name, PositionReport report) {
        var lengths = report.rows().stream().map(Row::length).distinct().toList();
        var beyond = lengths.stream().filter(length -> length > report.window()).toList();
        var charts = (beyond.isEmpty() ? lengths : beyond).stream().<Chart<?, ?>>map(length -> chart(report, length)).toList();
        return new Figure(name, "Mean loss of the tokens by their position in a sample, in nats: beyond the window of "
                + Plural.of(report.window(), "token")
                + " a method whose line lies below that of crop makes use of text farther away. Lines "
                + "leave the picture where losses lie far above; methods that lie above it everywhere are not drawn.", 1, charts);
    }

    private static XYChart chart(PositionReport report, int length) {
        var rows = report.rows().stream()
                .filter(row -> row.length() == length && row.bin().to() > report.window() / SHARE_OF_THE_WINDOW).toList();
        var chart = Charts.xy("Samples of " + Lengths.format(length) + " tokens", "position", "loss, nats", WIDTH, HEIGHT);
        Charts.linearY(chart);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE).setLegendLayout(Styler.LegendLayout.Vertical);
        Charts.wholePowersX(chart, rows.get(0).bin().from(), length, WIDTH);
        double least = rows.stream().flatMap(row -> row.figures().stream()).flatMap(figure -> figure.stream()).mapToDouble(Estimate::value)
                .filter(Double::isFinite).min().orElse(0);
        double top = top(report.columns(), rows, least);
        chart.getStyler().setYAxisMin(least - 0.05 * (top - least)).setYAxisMax(top);
        Charts.mark(chart, Charts.log(report.window()), "window", top - 0.03 * (top - least));
        var lines = new MethodLines(report.columns());
        for (int i = 0; i < report.columns().size(); i++) {
            int column = i;
            var shown = rows.stream().filter(row -> row.figures().get(column).isPresent()).toList();
            var losses = shown.stream().mapToDouble(row -> finite(row.figures().get(column).orElseThrow().value())).toArray();
            if (Arrays.stream(losses).anyMatch(loss -> loss <= top)) {
                var name = report.columns().get(i);
                Charts.line(chart, name, shown.stream().mapToDouble(row -> Charts.log(middle(row.bin()))).toArray(), losses,
                        lines.color(name), lines.stroke(name), SeriesMarkers.CIRCLE);
            }
        }
        return chart;
    }

    /** Lines end before NaN and begin anew behind it. */
    private static double finite(double loss) {
        return Double.isFinite(loss) ? loss : Double.NaN;
    }

    /** Crop's greatest loss lies in the middle of the height; lower, up to a quarter, where that shows all of what the job found. */
    private static double top(List<String> columns, List<Row> rows, double least) {
        double greatest = greatest(columns.indexOf(Crop.NAME), rows, least);
        double height = Math.max(0.1, greatest - least);
        double found = greatest(columns.size() - 1, rows, least);
        return greatest + Math.min(MOST_HEIGHTS * height, Math.max(height, MARGIN * (found - greatest)));
    }

    private static double greatest(int column, List<Row> rows, double least) {
        return rows.stream().flatMap(row -> row.figures().get(column).stream()).mapToDouble(Estimate::value).filter(Double::isFinite).max()
                .orElse(least);
    }

    /** On a logarithmic axis. */
    private static double middle(Bin bin) {
        return Math.sqrt((double) bin.from() * bin.to());
    }
}
