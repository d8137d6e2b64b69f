package io.longrope.progressive.report.chart;

import io.longrope.progressive.report.RunHistory.Span;

import org.knowm.xchart.XYChart;

import java.awt.BasicStroke;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/** Who scored what, when: a bar for each evaluation, a row for each worker, a colour for each stage. */
public final class TimelineFigure {

    private static final int WIDTH = 1120;
    private static final int ROW = 26;
    private static final int FRAME = 150;
    private static final BasicStroke BAR = new BasicStroke(11, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER);

    private TimelineFigure() {
    }

    /** @param spans at least one */
    public static Figure of(List<Span> spans) {
        // worker-2 before worker-10
        var workers = spans.stream().map(Span::worker).distinct()
                .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder())).toList();
        var start = spans.stream().map(Span::start).min(Comparator.naturalOrder()).orElseThrow();
        var end = spans.stream().map(Span::end).max(Comparator.naturalOrder()).orElseThrow();
        var unit = Unit.of(Duration.between(start, end));
        var chart = Charts.xy("Evaluations by worker", "time since the first, " + unit.title, null, WIDTH,
                FRAME + ROW * (workers.size() + 1));
        chart.getStyler().setYAxisMin(-1.0).setYAxisMax((double) workers.size());
        // every row has its tick
        chart.getStyler().setYAxisTickMarkSpacingHint(ROW / 2);
        chart.setCustomYAxisTickLabelsFormatter(row -> label(workers, row));
        var stages = List.copyOf(new LinkedHashSet<>(spans.stream().map(Span::stage).toList()));
        for (int i = 0; i < stages.size(); i++) {
            draw(chart, stages.get(i), i, spans, workers, start, unit);
        }
        return Figure.of("workers", "Who scored what, when. Gaps are training, or a job that did not run.", chart);
    }

    /** XChart leaves ticks out until all labels differ, those it does not show too: hence blanks of different lengths. */
    private static String label(List<String> workers, double row) {
        if (row != Math.rint(row)) {
            return "";
        }
        int place = workers.size() - 1 - (int) row;
        return place >= 0 && place < workers.size() ? workers.get(place) : " ".repeat(place < 0 ? 4 - place : place - workers.size() + 1);
    }

    private static void draw(XYChart chart, String stage, int number, List<Span> spans, List<String> workers, Instant start, Unit unit) {
        var x = new ArrayList<Double>();
        var y = new ArrayList<Double>();
        for (var span : spans) {
            if (span.stage().equals(stage)) {
                double row = workers.size() - 1 - workers.indexOf(span.worker());
                x.addAll(List.of(unit.of(start, span.start()), unit.of(start, span.end()), unit.of(start, span.end())));
                // not a number lifts the pen
                y.addAll(List.of(row, row, Double.NaN));
            }
        }
        Charts.line(chart, stage, x.stream().mapToDouble(Double::doubleValue).toArray(),
                y.stream().mapToDouble(Double::doubleValue).toArray(),
                Charts.COLORS.get(number % Charts.COLORS.size()), BAR);
    }

    private enum Unit {
        SECONDS("seconds", 1), MINUTES("minutes", 60), HOURS("hours", 3600);

        private final String title;
        private final double seconds;

        Unit(String title, double seconds) {
            this.title = title;
            this.seconds = seconds;
        }

        static Unit of(Duration duration) {
            return duration.toMinutes() < 3 ? SECONDS : duration.toHours() < 3 ? MINUTES : HOURS;
        }

        double of(Instant start, Instant at) {
            return Duration.between(start, at).toNanos() / 1e9 / seconds;
        }
    }
}
