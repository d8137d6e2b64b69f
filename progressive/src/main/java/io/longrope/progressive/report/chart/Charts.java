package io.longrope.progressive.report.chart;

import io.longrope.progressive.report.Quantities;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.Locale;

/** The look all charts share, and axes that are logarithmic whatever their range. */
final class Charts {

    static final int WIDTH = 560;
    static final int HEIGHT = 360;
    static final BasicStroke SOLID = new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
    static final BasicStroke DOTTED = new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {1.5f, 3}, 0);
    static final BasicStroke DASHED = new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {5, 3}, 0);
    static final Color INK = new Color(0x22, 0x22, 0x22);
    static final Color STRONG = new Color(0xB0, 0x30, 0x1C);
    /** Told apart by people who do not see red and green as different (Okabe and Ito). */
    static final List<Color> COLORS =
            List.of(new Color(0x00, 0x72, 0xB2), new Color(0xE6, 0x9F, 0x00), new Color(0x00, 0x9E, 0x73), new Color(0x7A, 0x4E, 0xA3),
            new Color(0x56, 0xB4, 0xE9), new Color(0xCC, 0x79, 0xA7), new Color(0x66, 0x66, 0x66), new Color(0x8C, 0x6D, 0x1F));

    private static final Color GRID = new Color(0xE4, 0xE4, 0xE4);
    private static final double LOG_2 = Math.log(2);

    private Charts() {
    }

    static XYChart xy(String title, String xAxis, String yAxis, int width, int height) {
        var chart = new XYChartBuilder().width(width).height(height).title(title).xAxisTitle(xAxis).yAxisTitle(yAxis).build();
        style(chart.getStyler());
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        return chart;
    }

    static void style(AxesChartStyler styler) {
        var plain = new Font(Font.SANS_SERIF, Font.PLAIN, 11);
        styler.setLocale(Locale.ROOT);
        styler.setChartBackgroundColor(Color.WHITE).setChartFontColor(INK).setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false).setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 13))
                .setLegendFont(plain).setLegendBorderColor(Color.WHITE).setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setAnnotationLineColor(new Color(0x99, 0x99, 0x99)).setAnnotationLineStroke(DASHED)
                .setAnnotationTextFont(plain).setAnnotationTextFontColor(new Color(0x66, 0x66, 0x66)).setChartPadding(8);
        styler.setPlotGridLinesColor(GRID).setPlotGridLinesStroke(new BasicStroke(1));
        styler.setAxisTickLabelsFont(plain).setAxisTitleFont(plain);
        styler.setXAxisTickMarkSpacingHint(60).setYAxisTickMarkSpacingHint(32);
    }

    static XYSeries line(XYChart chart, String name, double[] x, double[] y, Color color, BasicStroke stroke, Marker marker) {
        var series = chart.addSeries(name, x, y);
        series.setLineColor(color).setLineStyle(stroke);
        series.setMarker(marker).setMarkerColor(color);
        return series;
    }

    static XYSeries line(XYChart chart, String name, double[] x, double[] y, Color color, BasicStroke stroke) {
        return line(chart, name, x, y, color, stroke, SeriesMarkers.NONE);
    }

    /** A dashed line across the chart where x has a value, with a word beside its upper end. */
    static void mark(XYChart chart, double x, String text, double y) {
        chart.addAnnotation(new AnnotationLine(x, true, false));
        chart.addAnnotation(new AnnotationText(text, x, y, false));
    }

    /** A dashed line across the chart where y is 0. */
    static void markZero(XYChart chart) {
        chart.addAnnotation(new AnnotationLine(0, false, false));
    }

    /** A dashed line across a logarithmic chart where y has a value, with a word above it. */
    static void markHeight(XYChart chart, double y, String text, double x) {
        chart.addAnnotation(new AnnotationLine(y, false, false));
        chart.addAnnotation(new AnnotationText(text, x, y + 0.6, false));
    }

    /** Rotary pairs, whatever stands beside them; XChart takes no label twice, so blanks are of different lengths. */
    static void pairsX(XYChart chart, int pairs) {
        chart.setCustomXAxisTickLabelsFormatter(pair -> pair >= 0 && pair < pairs ? number(pair) : " ".repeat(1 + (int) Math.abs(pair)));
    }

    /** An axis of figures near 1 and below: XChart itself writes out every digit where there are two values only. */
    static void linearY(XYChart chart) {
        chart.setCustomYAxisTickLabelsFormatter(Charts::decimal);
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.5f", value).replaceFirst("\\.?0+$", "").replaceFirst("^-0$", "0");
    }

    /** Counts of tokens, powers of 1000. */
    static void tokensX(XYChart chart) {
        chart.setCustomXAxisTickLabelsFormatter(count -> Quantities.brief(Math.round(count)));
    }

    /** Counts of tokens on a logarithmic axis, powers of 1000. */
    static void logCountX(XYChart chart) {
        chart.setCustomXAxisTickLabelsFormatter(power -> Quantities.brief(Math.round(Math.pow(2, power))));
    }

    /** Where a value stands on a logarithmic axis: XChart's own has ticks at powers of ten only. */
    static double log(double value) {
        return Math.log(value) / LOG_2;
    }

    /** A logarithmic axis of figures, with ticks at powers of two or of their roots. */
    static void logY(XYChart chart, double least, double greatest) {
        logTicksY(chart, least, greatest);
        chart.setCustomYAxisTickLabelsFormatter(power -> number(Math.pow(2, power)));
    }

    static void logTokensY(XYChart chart, double least, double greatest) {
        logTicksY(chart, least, greatest);
        chart.setCustomYAxisTickLabelsFormatter(power -> tokens(Math.pow(2, power)));
    }

    private static void logTicksY(XYChart chart, double least, double greatest) {
        if (!Double.isFinite(least) || !Double.isFinite(greatest)) {
            return;
        }
        double from = log(least);
        double range = Math.max(0.2, log(greatest) - from);
        chart.getStyler().setYAxisMin(from - 0.03 * range).setYAxisMax(from + 1.05 * range);
        double step = range > 12 ? 2 : range > 5 ? 1 : range > 1.5 ? 0.5 : range > 0.6 ? 0.2 : 0.1;
        // XChart takes the next greater of 1, 2, 5 and their tenfolds
        chart.getStyler().setYAxisTickMarkSpacingHint(Math.max(10, (int) (0.55 * chart.getHeight() * step / range)));
    }

    /** Ticks at whole powers of two, from the one below the least value to the one above the greatest. */
    static void wholePowersX(XYChart chart, double least, double greatest, int width) {
        double from = Math.floor(log(least));
        double to = Math.max(from + 1, Math.ceil(log(greatest)));
        chart.getStyler().setXAxisMin(from).setXAxisMax(to);
        chart.getStyler().setXAxisTickMarkSpacingHint((int) (0.8 * width / (to - from + 1)));
        chart.setCustomXAxisTickLabelsFormatter(power -> tokens(Math.pow(2, power)));
    }

    /** Tokens as lengths are written, k = 1024. */
    private static String tokens(double value) {
        return value < 1024 ? number(value) : number(value / 1024) + "k";
    }

    /** Three figures or more: 2.83, 512. */
    static String number(double value) {
        if (value >= 100) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.2f", value).replaceFirst("\\.?0+$", "");
    }
}
