package io.longrope.progressive.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.metric.Crop;
import io.longrope.progressive.plan.Lengths;
import io.longrope.search.problem.Plural;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Perplexity on text that neither a search nor a selection saw: lengths down, methods across.
 *
 * @param window  tokens that the base model was trained with, and that crop sees
 * @param columns names of the methods
 * @param rows    one per length, ascending
 */
public record PerplexityReport(int window, List<String> columns, List<Row> rows) {

    /** In a run directory: the methods trained, before the first fine-tune and after each. */
    public static final String BY_FINE_TUNE = "fine-tunes.json";

    /**
     * @param length       tokens per sample
     * @param perplexities one per column; empty where the method says nothing about the length, +∞ where it diverged
     */
    public record Row(int length, List<OptionalDouble> perplexities) {
    }

    /** Empty where the report or the method says nothing of the length. */
    OptionalDouble figure(int length, String column) {
        int place = columns.indexOf(column);
        return rows.stream().filter(row -> place >= 0 && row.length() == length).findFirst()
                .map(row -> row.perplexities().get(place)).orElseGet(OptionalDouble::empty);
    }

    /** Where crop does as well as tables that were searched, so that their longer window is worth nothing: a sentence each. */
    public List<String> remarks() {
        int crop = columns.indexOf(Crop.NAME);
        var beaten = new LinkedHashMap<String, List<String>>();
        for (int i = 0; i < columns.size() && crop >= 0; i++) {
            int column = i;
            var lengths = rows.stream().filter(row -> row.length() > window && !isLower(row, column, crop))
                    .map(row -> Lengths.format(row.length())).collect(Collectors.joining(", "));
            if (columns.get(i).startsWith(ReportColumn.SEARCHED) && !lengths.isEmpty()) {
                beaten.computeIfAbsent(lengths, none -> new ArrayList<>()).add(columns.get(i));
            }
        }
        return beaten.entrySet().stream().map(tables -> String.join(", ", tables.getValue())
                + (tables.getValue().size() == 1 ? " does" : " do") + " not beat crop at " + tables.getKey()
                + ": the base model that sees its last " + Plural.of(window, "token") + " only has a perplexity at least as low.").toList();
    }

    /** Also where the column says nothing. */
    private static boolean isLower(Row row, int column, int crop) {
        var cell = row.perplexities().get(column);
        return cell.isEmpty() || cell.getAsDouble() < row.perplexities().get(crop).getAsDouble();
    }

    /** For people: diverged cells say so, cells without a value are dashes. */
    public TextTable table() {
        var headers = new ArrayList<>(List.of("length"));
        headers.addAll(columns);
        return new TextTable(headers, rows.stream().map(row -> {
            var cells = new ArrayList<>(List.of(Lengths.format(row.length())));
            row.perplexities().forEach(cell -> cells.add(cell.isPresent() ? Quantities.perplexity(cell.getAsDouble()) : "-"));
            return (List<String>) cells;
        }).toList());
    }

    /** For programs: every digit; {@code Infinity} where it diverged, nothing where there is no value. */
    public TextTable exactTable() {
        var headers = new ArrayList<>(List.of("length"));
        headers.addAll(columns);
        return new TextTable(headers, rows.stream().map(row -> {
            var cells = new ArrayList<>(List.of(Integer.toString(row.length())));
            row.perplexities().forEach(cell -> cells.add(cell.isPresent() ? Double.toString(cell.getAsDouble()) : ""));
            return (List<String>) cells;
        }).toList());
    }

    /** Rows as maps from column to perplexity, for JSON. */
    public Map<String, Object> tree() {
        var lengths = new ArrayList<Map<String, Object>>();
        for (var row : rows) {
            var cells = new LinkedHashMap<String, Object>();
            for (int i = 0; i < columns.size(); i++) {
                var cell = row.perplexities().get(i);
                cells.put(columns.get(i), cell.isPresent() ? cell.getAsDouble() : null);
            }
            var line = new LinkedHashMap<String, Object>();
            line.put("length", row.length());
            line.put("perplexity", cells);
            lengths.add(line);
        }
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("window", window);
        tree.put("columns", columns);
        tree.put("rows", lengths);
        return tree;
    }

    /** Reads what {@link #tree} became as JSON. */
    static PerplexityReport fromTree(JsonNode tree) {
        var columns = new ArrayList<String>();
        tree.path("columns").forEach(column -> columns.add(column.asText()));
        var rows = new ArrayList<Row>();
        tree.path("rows").forEach(row -> rows.add(new Row(row.path("length").asInt(),
                columns.stream().map(column -> cell(row.path("perplexity").path(column))).toList())));
        // builds that wrote no window knew no crop
        return new PerplexityReport(tree.path("window").asInt(0), columns, rows);
    }

    private static OptionalDouble cell(JsonNode cell) {
        return cell.isMissingNode() || cell.isNull() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(cell.asText()));
    }
}
