package io.longrope.progressive.report.chart;

import io.longrope.progressive.plan.Lengths;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.TableEntry;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The rescale factors of a table and the wavelengths they make, by rotary pair, beside what known methods would do. */
public final class FactorFigure {

    private static final String OURS = "this table";
    /** Where layers have tables of their own; the first one's is drawn as that of all. */
    private static final String LAST_LAYER = OURS + ", last layer";
    private static final Map<String, String> METHODS = methods();

    private FactorFigure() {
    }

    private static Map<String, String> methods() {
        var methods = new LinkedHashMap<String, String>();
        methods.put("pi", "PI");
        methods.put("ntk", "NTK");
        methods.put("yarn", "YaRN");
        return methods;
    }

    /** A row for each length of the table. */
    public static Figure of(String name, FactorTable table) {
        var charts = new ArrayList<Chart<?, ?>>();
        for (var entry : table.entries()) {
            charts.add(factors(table.geometry(), entry));
            charts.add(wavelengths(table.geometry(), entry));
        }
        return new Figure(name, "Rescale factors λ of " + table.model()
                + " by rotary pair, and the wavelengths they make; 0 is the highest frequency.", 2, charts);
    }

    /**
     * Tables over each other: a chart for each length that any of them has.
     *
     * @param tables by the runs that found them; at least one
     * @param runs   the names of all, in the order of the page
     */
    public static Figure over(String name, Map<String, FactorTable> tables, List<String> runs) {
        var lengths = tables.values().stream().flatMap(table -> table.entries().stream()).map(TableEntry::length).distinct().sorted()
                .toList();
        return new Figure(name, "Rescale factors λ by rotary pair, a line for each table; 0 is the highest frequency.", 2,
                lengths.stream().<Chart<?, ?>>map(length -> over(length, tables, new RunLines(runs))).toList());
    }

    private static Chart<?, ?> over(int length, Map<String, FactorTable> tables, Lines lines) {
        var chart = Charts.xy(Lengths.format(length) + " tokens", "rotary pair i", "rescale factor λ", Charts.WIDTH, Charts.HEIGHT);
        var drawn = new ArrayList<Double>();
        tables.forEach((name, table) -> table.entries().stream().filter(entry -> entry.length() == length).forEach(entry -> {
            var factors = entry.best().candidate().factors().layer(0);
            Arrays.stream(factors).filter(Double::isFinite).forEach(drawn::add);
            Charts.line(chart, name, IntStream.range(0, factors.length).asDoubleStream().toArray(), logarithms(factors),
                    lines.color(name), lines.stroke(name));
        }));
        var values = drawn.stream().mapToDouble(Double::doubleValue).summaryStatistics();
        Charts.logY(chart, values.getMin(), values.getMax());
        return chart;
    }

    private static Chart<?, ?> factors(RopeGeometry geometry, TableEntry entry) {
        var chart = chart(geometry, entry, "rescale factor λ");
        var curves = curves(geometry, entry);
        curves.forEach((name, factors) -> draw(chart, name, factors.layer(0)));
        var values = curves.values().stream().flatMapToDouble(factors -> Arrays.stream(factors.layer(0))).filter(Double::isFinite)
                .summaryStatistics();
        // room for a word above the curves
        double top = values.getMax() * Math.pow(Math.max(1.2, values.getMax() / values.getMin()), 0.12);
        Charts.logY(chart, values.getMin(), top);
        if (geometry.criticalPair() < geometry.pairs()) {
            Charts.mark(chart, geometry.criticalPair(), "critical pair " + geometry.criticalPair(), Charts.log(top));
        }
        return chart;
    }

    private static Chart<?, ?> wavelengths(RopeGeometry geometry, TableEntry entry) {
        var chart = chart(geometry, entry, "wavelength, tokens per turn");
        var trained = IntStream.range(0, geometry.pairs()).mapToDouble(geometry::wavelength).toArray();
        var curves = new LinkedHashMap<String, double[]>();
        curves.put("as trained", trained);
        curves(geometry, entry).forEach((name, factors) -> curves.put(name,
                IntStream.range(0, geometry.pairs()).mapToDouble(i -> factors.get(i) * trained[i]).toArray()));
        curves.forEach((name, values) -> draw(chart, name, values));
        var values = curves.values().stream().flatMapToDouble(Arrays::stream).filter(Double::isFinite).summaryStatistics();
        Charts.logTokensY(chart, values.getMin(), values.getMax());
        double left = 0.1 * (geometry.pairs() - 1);
        Charts.markHeight(chart, Charts.log(geometry.originalLength()), "original length", left);
        if (entry.length() != geometry.originalLength()) {
            Charts.markHeight(chart, Charts.log(entry.length()), Lengths.format(entry.length()) + " tokens", left);
        }
        return chart;
    }

    /** Up to the original length the known methods leave positions as they are. */
    private static Map<String, RescaleFactors> curves(RopeGeometry geometry, TableEntry entry) {
        var curves = new LinkedHashMap<String, RescaleFactors>();
        if (entry.length() > geometry.originalLength()) {
            METHODS.forEach((method, title) -> {
                if (geometry.rotaryDim() > 2 || !method.equals("ntk")) {
                    curves.put(title, RopeScalings.named(method).factors(geometry, entry.length()));
                }
            });
        }
        var ours = entry.best().candidate().factors();
        curves.put(OURS, ours);
        if (ours.isPerLayer()) {
            curves.put(LAST_LAYER, RescaleFactors.of(ours.layer(ours.layers() - 1)));
        }
        return curves;
    }

    private static XYChart chart(RopeGeometry geometry, TableEntry entry, String yAxis) {
        var candidate = entry.best().candidate();
        var title = String.format(Locale.ROOT, "%s tokens (s = %s), n̂ %d", Lengths.format(entry.length()),
                Charts.number(geometry.extensionRatio(entry.length())), candidate.startTokens());
        var chart = Charts.xy(title, "rotary pair i", yAxis, Charts.WIDTH, Charts.HEIGHT);
        return chart;
    }

    private static void draw(XYChart chart, String name, double[] values) {
        boolean ours = name.equals(OURS) || name.equals(LAST_LAYER);
        var color = ours ? Charts.STRONG : Charts.COLORS.get(List.copyOf(METHODS.values()).indexOf(name) + 1);
        Charts.line(chart, name, IntStream.range(0, values.length).asDoubleStream().toArray(),
                logarithms(values), color,
                name.equals(OURS) ? new BasicStroke(2.4f) : name.equals(LAST_LAYER) ? Charts.DASHED : Charts.SOLID);
    }

    private static double[] logarithms(double[] values) {
        return Arrays.stream(values).map(value -> Double.isInfinite(value) ? Double.NaN : Charts.log(value)).toArray();
    }
}
