package io.longrope.progressive.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;

/** How the columns of a report are drawn. */
interface Lines {

    Color color(String column);

    BasicStroke stroke(String column);
}
