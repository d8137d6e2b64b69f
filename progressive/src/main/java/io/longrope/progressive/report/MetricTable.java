package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Estimate;
import io.longrope.progressive.plan.Lengths;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One metric of one model: methods across, lengths down.
 *
 * @param metric   its name
 * @param quantity what the figures are
 * @param setting  what else decides the figures: model, text, samples and the like
 * @param columns  names of the methods
 * @param rows     in the order measured; at least one
 */
public record MetricTable(String metric, Quantity quantity, Map<String, Object> setting, List<String> columns, List<Row> rows) {

    /** What the figures are. */
    public enum Quantity {
        PERPLEXITY,
        /** Share of right answers. */
        ACCURACY,
        /** Mean loss in nats. */
        LOSS,
        /** Difference of mean losses in nats. */
        GAIN;

        String shown(Estimate figure) {
            var error = figure.standardError().isPresent() ? String.format(Locale.ROOT, " ± %.4f", figure.standardError().getAsDouble())
                    : "";
            return switch (this) {
                case PERPLEXITY -> Quantities.perplexity(figure.value());
                case ACCURACY -> Quantities.percent(figure.value());
                case LOSS -> Double.isFinite(figure.value()) ? String.format(Locale.ROOT, "%.4f", figure.value()) + error : "diverged";
                case GAIN -> Double.isFinite(figure.value()) ? String.format(Locale.ROOT, "%+.4f", figure.value()) + error : "diverged";
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param place    length in tokens, and what else tells the row from others: window, depth; the same keys in every row
     * @param protocol how it was measured
     * @param figures  one per column; NaN or infinite where it diverged
     */
    public record Row(Map<String, Number> place, String protocol, List<Estimate> figures) {
    }

    /** For people. */
    public TextTable table() {
        var lines = new ArrayList<List<String>>();
        for (var row : rows) {
            var cells = new ArrayList<String>();
            row.place().values().forEach(place -> cells.add(place instanceof Integer tokens ? Lengths.format(tokens) : place.toString()));
            row.figures().forEach(figure -> cells.add(quantity.shown(figure)));
            lines.add(cells);
        }
        return new TextTable(headers(), lines, places().size());
    }

    /** For programs: every digit, {@code Infinity} or {@code NaN} where losses were, the protocol at the end of each line. */
    public TextTable exactTable() {
        var headers = headers();
        if (hasErrors()) {
            columns.forEach(column -> headers.add(column + " standard error"));
        }
        headers.addAll(List.of("metric", "protocol"));
        var lines = new ArrayList<List<String>>();
        for (var row : rows) {
            var cells = new ArrayList<String>();
            row.place().values().forEach(place -> cells.add(place.toString()));
            row.figures().forEach(figure -> cells.add(Double.toString(figure.value())));
            if (hasErrors()) {
                row.figures().forEach(figure ->
                        cells.add(figure.standardError().isPresent() ? Double.toString(figure.standardError().getAsDouble()) : ""));
            }
            cells.addAll(List.of(metric, row.protocol()));
            lines.add(cells);
        }
        return new TextTable(headers, lines, places().size());
    }

    /** As maps, for JSON. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("metric", metric);
        tree.putAll(setting);
        tree.put("columns", columns);
        tree.put("rows", rows.stream().map(this::tree).toList());
        return tree;
    }

    private Map<String, Object> tree(Row row) {
        var figures = new LinkedHashMap<String, Double>();
        var errors = new LinkedHashMap<String, Double>();
        for (int i = 0; i < columns.size(); i++) {
            var figure = row.figures().get(i);
            figures.put(columns.get(i), figure.value());
            errors.put(columns.get(i), figure.standardError().isPresent() ? figure.standardError().getAsDouble() : null);
        }
        var line = new LinkedHashMap<String, Object>(row.place());
        line.put("protocol", row.protocol());
        line.put(quantity.toString(), figures);
        if (hasErrors()) {
            line.put("standardError", errors);
        }
        return line;
    }

    private boolean hasErrors() {
        return rows.stream().flatMap(row -> row.figures().stream()).anyMatch(figure -> figure.standardError().isPresent());
    }

    private List<String> headers() {
        var headers = new ArrayList<>(places());
        headers.addAll(columns);
        return headers;
    }

    private List<String> places() {
        return List.copyOf(rows.get(0).place().keySet());
    }
}
