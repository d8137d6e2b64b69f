package io.longrope.progressive.report.chart;

import io.longrope.evaluator.metric.Crop;
import io.longrope.progressive.report.ReportColumn;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.List;

/** How the methods of a closing table are drawn, the same way in every chart of it: crop is black, what engines run is dashed. */
final class MethodLines implements Lines {

    private final List<String> families;

    /** @param columns names of the methods; what the job found last stands at the end, and stands out */
    MethodLines(List<String> columns) {
        families = columns.stream().filter(column -> !column.equals(Crop.NAME)).map(MethodLines::family).distinct().toList();
    }

    @Override
    public Color color(String column) {
        if (column.equals(Crop.NAME)) {
            return Charts.INK;
        }
        int place = families.indexOf(family(column));
        return place == families.size() - 1 ? Charts.STRONG : Charts.COLORS.get(place % Charts.COLORS.size());
    }

    @Override
    public BasicStroke stroke(String column) {
        return column.endsWith(ReportColumn.FOR_ENGINES) ? Charts.DASHED : Charts.SOLID;
    }

    private static String family(String column) {
        var ending = ReportColumn.FOR_ENGINES;
        return column.endsWith(ending) ? column.substring(0, column.length() - ending.length()) : column;
    }
}
