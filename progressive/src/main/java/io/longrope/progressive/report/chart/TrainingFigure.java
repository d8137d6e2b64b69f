package io.longrope.progressive.report.chart;

import io.longrope.progressive.report.RunHistory.TrainingStep;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.util.List;

/** Loss of a fine-tune by step. */
public final class TrainingFigure {

    private static final int HEIGHT = 300;

    private TrainingFigure() {
    }

    /**
     * @param name  the fine-tune's
     * @param steps at least one, ascending
     */
    public static Figure of(String name, List<TrainingStep> steps) {
        var chart = Charts.xy(name, "step", "training loss, nats", Charts.WIDTH, HEIGHT);
        Charts.linearY(chart);
        Charts.line(chart, "loss", steps.stream().mapToDouble(TrainingStep::step).toArray(),
                steps.stream().mapToDouble(TrainingStep::loss).toArray(), Charts.STRONG, Charts.SOLID, SeriesMarkers.CIRCLE);
        chart.getStyler().setLegendVisible(false);
        return Figure.of("training-" + name.replaceAll("[^A-Za-z0-9.-]", "-"), "Training loss of " + name + " by step.", chart);
    }
}
