package io.longrope.progressive.report.chart;

import io.longrope.search.evolution.adaptive.Importance;
import io.longrope.search.evolution.adaptive.Importance.Effect;
import io.longrope.search.problem.Plural;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.Color;
import java.util.List;

/** How much the factor of each pair matters to the loss, each with its standard error. */
public final class ImportanceFigure {

    private static final int WIDTH = 840;
    private static final int HEIGHT = 340;
    /** Of the height, below 0. */
    private static final double ROOM_BELOW = 0.04;
    private static final Color UNCLEAR = new Color(0x88, 0x88, 0x88);

    private ImportanceFigure() {
    }

    /**
     * @param name  of the picture
     * @param title which search
     * @param pairs of the model
     */
    public static Figure of(String name, String title, Importance importance, int pairs) {
        var chart = Charts.xy("What each λ matters: " + title, "rotary pair i", "spread of the loss with λ alone, nats", WIDTH, HEIGHT);
        double highest = importance.effects().stream().mapToDouble(effect -> effect.spread() + effect.error()).max().orElseThrow();
        chart.getStyler().setYAxisMin(-ROOM_BELOW * highest).setYAxisMax((1 + ROOM_BELOW) * highest);
        chart.getStyler().setXAxisMin(-0.5).setXAxisMax(pairs - 0.5);
        chart.getStyler().setErrorBarsColorSeriesColor(true).setMarkerSize(7);
        Charts.pairsX(chart, pairs);
        Charts.linearY(chart);
        Charts.markZero(chart);
        draw(chart, "more than two standard errors", importance.effects().stream().filter(Effect::isTold).toList(), Charts.STRONG,
                SeriesMarkers.CIRCLE);
        draw(chart, "cannot be told from 0", importance.effects().stream().filter(effect -> !effect.isTold()).toList(), UNCLEAR,
                SeriesMarkers.CROSS);
        return Figure.of(name, "How much the loss changes with the factor of one pair alone, " + title + ": standard deviation of the loss "
                + "that a model expects when this λ takes the values the candidates had and all else stays at their mean, with its "
                + "standard error; pair 0 is the highest frequency. The model, a Gaussian process as adaptive keeps one, is fitted to "
                + Plural.of(importance.candidates(), "candidate") + (importance.left() == 0 ? "" : ", the best of "
                + (importance.candidates() + importance.left()))
                + ". Pairs whose λ never varied have no mark; of pairs that varied together errors are large.", chart);
    }

    private static void draw(XYChart chart, String name, List<Effect> effects, Color color, Marker marker) {
        if (!effects.isEmpty()) {
            var series = chart.addSeries(name, effects.stream().mapToDouble(Effect::pair).toArray(),
                    effects.stream().mapToDouble(Effect::spread).toArray(), effects.stream().mapToDouble(Effect::error).toArray());
            series.setLineStyle(SeriesLines.NONE).setLineColor(color);
            series.setMarker(marker).setMarkerColor(color);
        }
    }
}
