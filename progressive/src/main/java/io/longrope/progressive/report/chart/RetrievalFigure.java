package io.longrope.progressive.report.chart;

import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.RetrievalReport;
import io.longrope.progressive.stage.RetrievedCell;
import io.longrope.search.work.Retrieval;
import org.knowm.xchart.HeatMapChartBuilder;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;

/** What was found again of one kind, length across and depth down. */
public final class RetrievalFigure {

    private static final int CELL = 48;
    private static final int FRAME = 150;
    private static final Color[] NEVER_TO_ALWAYS = {new Color(0xF3, 0xD9, 0xD4), new Color(0xFB, 0xF3, 0xDC), new Color(0xBF, 0xE0, 0xD2)};

    private RetrievalFigure() {
    }

    /**
     * @param name   the figure's
     * @param method who found it, one of the report's
     * @param finder the same for people
     */
    public static Figure of(String name, Retrieval kind, String method, String finder, RetrievalReport report) {
        var places = report.places().stream().filter(place -> place.kind() == kind).toList();
        var lengths = places.stream().map(RetrievedCell.Place::length).distinct().sorted().toList();
        // XChart counts rows from below; text runs down
        var depths = places.stream().map(RetrievedCell.Place::depth).distinct().sorted(Comparator.reverseOrder()).toList();
        var chart = new HeatMapChartBuilder().width(2 * FRAME + Math.max(4, lengths.size()) * 2 * CELL)
                .height(FRAME + Math.max(3, depths.size()) * CELL)
                .title(kind + " found again, percent").xAxisTitle("length, tokens").yAxisTitle("depth").build();
        Charts.style(chart.getStyler());
        chart.getStyler().setRangeColors(NEVER_TO_ALWAYS).setMin(0).setMax(100).setShowValue(true);
        chart.getStyler().setLegendVisible(false);
        var cells = new ArrayList<Number[]>();
        for (int x = 0; x < lengths.size(); x++) {
            for (int y = 0; y < depths.size(); y++) {
                var place = new RetrievedCell.Place(kind, lengths.get(x), depths.get(y));
                cells.add(new Number[] {x, y, Math.round(100 * report.find(place, method).orElse(0.0))});
            }
        }
        chart.addSeries("accuracy", lengths.stream().map(Lengths::format).toList(), depths.stream().map(Quantities::percent).toList(),
                cells);
        return Figure.of(name, "Share of what was hidden (" + kind + ") that " + finder + " found again by greedy generation, by length "
                + "and by where it lay: 0 % at the beginning of the text.", chart);
    }
}
