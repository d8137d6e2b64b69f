package io.longrope.progressive.report.chart;

import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.report.TradeOff;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What one table for all lengths costs at each, a line for each table that may be exported. */
public final class TradeOffFigure {

    private static final int WIDTH = 840;
    private static final int HEIGHT = 460;
    /** In percent; what costs more leaves the chart. */
    private static final double GREATEST = 100;
    private static final double LEAST = 1;

    private TradeOffFigure() {
    }

    /** @param tradeOff of at least one length */
    public static Figure of(TradeOff tradeOff) {
        var chart = Charts.xy("One table for all lengths", "length of the text, tokens", "perplexity above the length's own table, %",
                WIDTH, HEIGHT);
        Charts.linearY(chart);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE).setLegendLayout(Styler.LegendLayout.Vertical);
        var lengths = tradeOff.perplexities().rows().stream().mapToDouble(PerplexityReport.Row::length).toArray();
        Charts.wholePowersX(chart, lengths[0], lengths[lengths.length - 1], WIDTH);
        Charts.markZero(chart);
        double highest = LEAST;
        double lowest = -LEAST;
        for (int i = 0; i < tradeOff.exported().size(); i++) {
            var name = tradeOff.exported().get(i);
            var costs = tradeOff.costs(name).stream().filter(cost -> 100 * cost.share() <= GREATEST).toList();
            if (costs.isEmpty()) {
                continue;
            }
            var percent = costs.stream().mapToDouble(cost -> 100 * cost.share()).toArray();
            for (double value : percent) {
                highest = Math.max(highest, value);
                lowest = Math.min(lowest, value);
            }
            Charts.line(chart, name, costs.stream().mapToDouble(cost -> Charts.log(cost.length())).toArray(), percent,
                    Charts.COLORS.get(i % Charts.COLORS.size()), Charts.SOLID, SeriesMarkers.CIRCLE);
        }
        chart.getStyler().setYAxisMin(1.1 * lowest).setYAxisMax(1.1 * highest);
        return Figure.of("one-table-for-all-lengths", "How much higher the perplexity is at each length with one table kept at all lengths "
                + "than with the table made for that length, on text that no search and no choice saw; without start tokens, as engines "
                + "run it. What costs more than 100 % is left out.", chart);
    }
}
