package io.longrope.progressive.report.chart;

import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How far searches had come for how many tokens. Only the part of the axis where searches end is drawn.
 *
 * @param levels perplexities that cost no search, by name
 * @param curves perplexity from a number of tokens on, ascending, by name
 */
public record CurveChart(String title, Map<String, Double> levels, Map<String, Map<Long, Double>> curves) {

    private static final double HEADROOM = 1.25;

    /** Two charts in a row. */
    public static Figure figure(String name, String caption, List<CurveChart> charts) {
        return new Figure(name, caption, 2, charts.stream().<Chart<?, ?>>map(CurveChart::chart).toList());
    }

    private XYChart chart() {
        var chart = Charts.xy(title, "evaluated tokens", "perplexity", Charts.WIDTH, Charts.HEIGHT);
        var tokens = curves.values().stream().flatMap(curve -> curve.keySet().stream()).mapToLong(Long::longValue).summaryStatistics();
        var ends = Stream.concat(levels.values().stream().sorted().limit(1),
                curves.values().stream().flatMap(curve -> curve.values().stream()
                .reduce((first, second) -> second).stream())).filter(Double::isFinite).mapToDouble(Double::doubleValue).summaryStatistics();
        double top = HEADROOM * ends.getMax();
        Charts.logY(chart, ends.getMin(), top);
        Charts.logCountX(chart);
        int color = 0;
        for (var curve : curves.entrySet()) {
            var finite = curve.getValue().entrySet().stream().filter(point -> point.getValue() <= top).toList();
            if (!finite.isEmpty()) {
                Charts.line(chart, curve.getKey(), finite.stream().mapToDouble(point -> Charts.log(point.getKey())).toArray(),
                        finite.stream().mapToDouble(point -> Charts.log(point.getValue())).toArray(),
                        curve.getKey().equals("adaptive") ? Charts.STRONG : Charts.COLORS.get(color++ % Charts.COLORS.size()), Charts.SOLID)
                        .setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Step);
            }
        }
        for (var level : levels.entrySet()) {
            if (level.getValue() <= top && tokens.getCount() > 0) {
                double height = Charts.log(level.getValue());
                Charts.line(chart, level.getKey(), new double[] {Charts.log(tokens.getMin()), Charts.log(tokens.getMax())},
                        new double[] {height, height},
                        Charts.COLORS.get(color++ % Charts.COLORS.size()), Charts.DASHED);
            }
        }
        return chart;
    }
}
