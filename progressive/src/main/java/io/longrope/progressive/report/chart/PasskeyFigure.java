package io.longrope.progressive.report.chart;

import io.longrope.progressive.report.PasskeyReport;
import io.longrope.progressive.plan.Lengths;
import org.knowm.xchart.HeatMapChartBuilder;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Locale;

/** Pass keys found again, length across and depth down. */
public final class PasskeyFigure {

    private static final int CELL = 48;
    private static final int FRAME = 150;
    private static final Color[] NEVER_TO_ALWAYS = {new Color(0xF3, 0xD9, 0xD4), new Color(0xFB, 0xF3, 0xDC), new Color(0xBF, 0xE0, 0xD2)};

    private PasskeyFigure() {
    }

    public static Figure of(PasskeyReport report) {
        return of("passkey", "the final checkpoint", report);
    }

    /** @param finder who found them, for people */
    public static Figure of(String name, String finder, PasskeyReport report) {
        var lengths = report.lengths();
        // XChart counts rows from below; text runs down
        var depths = new ArrayList<>(report.depths());
        Collections.reverse(depths);
        var chart = new HeatMapChartBuilder().width(2 * FRAME + Math.max(4, lengths.size()) * 2 * CELL)
                .height(FRAME + Math.max(3, depths.size()) * CELL)
                .title("Pass keys found again, percent").xAxisTitle("length, tokens").yAxisTitle("depth").build();
        Charts.style(chart.getStyler());
        chart.getStyler().setRangeColors(NEVER_TO_ALWAYS).setMin(0).setMax(100).setShowValue(true);
        chart.getStyler().setLegendVisible(false);
        var cells = new ArrayList<Number[]>();
        for (int x = 0; x < lengths.size(); x++) {
            for (int y = 0; y < depths.size(); y++) {
                cells.add(new Number[] {x, y, Math.round(100 * report.accuracy(lengths.get(x), depths.get(y)))});
            }
        }
        chart.addSeries("accuracy", lengths.stream().map(Lengths::format).toList(), depths.stream().map(PasskeyFigure::percent).toList(),
                cells);
        return Figure.of(name,
                "Share of pass keys " + finder + " found again by greedy generation, by length and by where the key lay: 0 % at "
                + "the beginning of the text.", chart);
    }

    private static String percent(double depth) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * depth);
    }
}
