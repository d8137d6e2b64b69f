package io.longrope.progressive.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.LossByPosition.Bin;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.report.MetricTable.Quantity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * Figures of the tokens in stretches of positions, on text that neither a search nor a selection saw: lengths and stretches down, methods
 * across.
 *
 * @param quantity {@link Quantity#LOSS}, or {@link Quantity#GAIN} over crop, which is of all positions beyond the window together
 * @param window   tokens that the base model was trained with, and that crop sees
 * @param columns  names of the methods
 * @param rows     by length, then by position, ascending; none where nothing is longer than the window
 */
public record PositionReport(Quantity quantity, int window, List<String> columns, List<Row> rows) {

    /** Before these names: of the methods trained, before the first fine-tune and after each. */
    public static final String BY_FINE_TUNE = "fine-tunes-";
    /** In a run directory, without an ending: mean losses by position. */
    public static final String POSITIONS = "positions";
    /** In a run directory, without an ending: what the longer window is worth. */
    public static final String GAIN = "gain";

    /**
     * @param length  tokens per sample
     * @param figures in nats, one per column; empty where the method says nothing about the length, infinite where it diverged
     */
    public record Row(int length, Bin bin, List<Optional<Estimate>> figures) {
    }

    /** The first figure of a length; empty where there is none. */
    Optional<Estimate> figure(int length, String column) {
        int place = columns.indexOf(column);
        return rows.stream().filter(row -> place >= 0 && row.length() == length).findFirst().flatMap(row -> row.figures().get(place));
    }

    /** Its rows of the longest samples alone. */
    public PositionReport longest() {
        int longest = rows.stream().mapToInt(Row::length).max().orElse(0);
        return new PositionReport(quantity, window, columns, rows.stream().filter(row -> row.length() == longest).toList());
    }

    /** For people: diverged cells say so, cells without a value are dashes. */
    public TextTable table() {
        return table(columns, Lengths::format,
                row -> row.figures().stream().map(figure -> figure.map(quantity::shown).orElse("-")).toList());
    }

    /** For programs: every digit; {@code Infinity} where it diverged, nothing where there is no value. Standard errors at the end. */
    public TextTable exactTable() {
        var headers = new ArrayList<>(columns);
        columns.forEach(column -> headers.add(column + " standard error"));
        return table(headers, length -> Integer.toString(length), row -> {
            var cells = new ArrayList<String>();
            row.figures().forEach(figure -> cells.add(figure.map(one -> Double.toString(one.value())).orElse("")));
            row.figures().forEach(figure -> cells.add(error(figure).map(one -> Double.toString(one)).orElse("")));
            return cells;
        });
    }

    private TextTable table(List<String> headers, Function<Integer, String> tokens, Function<Row, List<String>> cells) {
        var all = new ArrayList<>(List.of("length", "from", "to"));
        all.addAll(headers);
        return new TextTable(all, rows.stream().map(row -> {
            var line = new ArrayList<>(List.of(tokens.apply(row.length()), tokens.apply(row.bin().from()), tokens.apply(row.bin().to())));
            line.addAll(cells.apply(row));
            return (List<String>) line;
        }).toList(), 3);
    }

    private static Optional<Double> error(Optional<Estimate> figure) {
        return figure.flatMap(one -> one.standardError().isPresent() ? Optional.of(one.standardError().getAsDouble()) : Optional.empty());
    }

    /** Rows as maps from column to figure, for JSON, as {@code evaluate} prints them. */
    public Map<String, Object> tree() {
        var lines = new ArrayList<Map<String, Object>>();
        for (var row : rows) {
            var figures = new LinkedHashMap<String, Double>();
            var errors = new LinkedHashMap<String, Double>();
            for (int i = 0; i < columns.size(); i++) {
                var figure = row.figures().get(i);
                figures.put(columns.get(i), figure.map(Estimate::value).orElse(null));
                errors.put(columns.get(i), error(figure).orElse(null));
            }
            var line = new LinkedHashMap<String, Object>();
            line.put("length", row.length());
            line.put("from", row.bin().from());
            line.put("to", row.bin().to());
            line.put(quantity.toString(), figures);
            line.put("standardError", errors);
            lines.add(line);
        }
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("metric", quantity == Quantity.GAIN ? GAIN : POSITIONS);
        tree.put("window", window);
        tree.put("columns", columns);
        tree.put("rows", lines);
        return tree;
    }

    /** Reads what {@link #tree} became as JSON. */
    static PositionReport fromTree(JsonNode tree) {
        var quantity = tree.path("metric").asText().equals(GAIN) ? Quantity.GAIN : Quantity.LOSS;
        var columns = new ArrayList<String>();
        tree.path("columns").forEach(column -> columns.add(column.asText()));
        var rows = new ArrayList<Row>();
        tree.path("rows").forEach(row -> rows.add(new Row(row.path("length").asInt(), new Bin(row.path("from").asInt(),
                row.path("to").asInt()), columns.stream().map(column -> figure(row.path(quantity.toString()).path(column),
                row.path("standardError").path(column))).toList())));
        return new PositionReport(quantity, tree.path("window").asInt(), columns, rows);
    }

    private static Optional<Estimate> figure(JsonNode value, JsonNode error) {
        return number(value).map(one -> new Estimate(one,
                number(error).map(OptionalDouble::of).orElseGet(OptionalDouble::empty)));
    }

    private static Optional<Double> number(JsonNode cell) {
        return cell.isMissingNode() || cell.isNull() ? Optional.empty() : Optional.of(Double.parseDouble(cell.asText()));
    }
}
