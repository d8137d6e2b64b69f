package io.longrope.progressive.report.chart;

import io.longrope.evaluator.metric.Crop;
import io.longrope.progressive.report.ReportColumn;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.List;

/**
 * How runs beside each other are drawn: each has one color in every chart of a page, whichever of them a chart shows. What engines run is
 * dashed, a run's own crop dotted, and a crop that is the same for all black.
 */
final class RunLines implements Lines {

    private static final String OWN_CROP = " " + Crop.NAME;

    private final List<String> runs;

    /** @param runs the names of all, in the order of the page */
    RunLines(List<String> runs) {
        this.runs = List.copyOf(runs);
    }

    @Override
    public Color color(String column) {
        int place = runs.indexOf(run(column));
        return place < 0 ? Charts.INK : Charts.COLORS.get(place % Charts.COLORS.size());
    }

    @Override
    public BasicStroke stroke(String column) {
        if (runs.contains(column)) {
            return Charts.SOLID;
        }
        return column.endsWith(OWN_CROP) ? Charts.DOTTED : column.endsWith(ReportColumn.FOR_ENGINES) ? Charts.DASHED : Charts.SOLID;
    }

    /** A run may be called as another's crop would be. */
    private String run(String column) {
        if (runs.contains(column)) {
            return column;
        }
        for (var ending : List.of(OWN_CROP, ReportColumn.FOR_ENGINES)) {
            if (column.endsWith(ending)) {
                return column.substring(0, column.length() - ending.length());
            }
        }
        return column;
    }
}
