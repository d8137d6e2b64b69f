package io.longrope.progressive.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.work.SampleShare;
import io.longrope.progressive.plan.Lengths;
import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Perplexity on text that neither a search nor a selection saw: lengths down, methods across.
 *
 * @param columns names of the methods
 * @param rows    one per length, ascending
 */
public record PerplexityReport(List<String> columns, List<Row> rows) {

    /** In a run directory: the methods trained, before the first fine-tune and after each. */
    public static final String BY_FINE_TUNE = "fine-tunes.json";

    /**
     * @param length       tokens per sample
     * @param perplexities one per column; empty where the method says nothing about the length, +∞ where it diverged
     */
    public record Row(int length, List<OptionalDouble> perplexities) {
    }

    /**
     * Scores every cell and tells the context's listener of it, row by row.
     *
     * @param table what the listener hears it called
     */
    public static PerplexityReport measure(StageContext context, String table, List<ReportColumn> columns) throws InterruptedException {
        var rows = new ArrayList<Row>();
        for (int length : context.plan().report().lengths()) {
            var row = row(context, columns, length);
            for (int i = 0; i < columns.size(); i++) {
                var title = columns.get(i).title();
                row.perplexities().get(i).ifPresent(perplexity -> context.listener().reported(table, length, title, perplexity));
            }
            rows.add(row);
        }
        return new PerplexityReport(columns.stream().map(ReportColumn::title).toList(), rows);
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
        return new PerplexityReport(columns, rows);
    }

    private static OptionalDouble cell(JsonNode cell) {
        return cell.isMissingNode() || cell.isNull() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(cell.asText()));
    }

    private static Row row(StageContext context, List<ReportColumn> columns, int length) throws InterruptedException {
        var samples = context.samples(SampleShare.REPORT, length);
        var byModel = new LinkedHashMap<StageModel, List<Candidate>>();
        for (var column : columns) {
            column.candidate().apply(length)
                    .ifPresent(candidate -> byModel.computeIfAbsent(column.model(), model -> new ArrayList<>()).add(candidate));
        }
        var losses = new LinkedHashMap<StageModel, Map<Candidate, Double>>();
        for (var model : byModel.keySet()) {
            var candidates = byModel.get(model).stream().distinct().toList();
            var scores = context.scoring().evaluate(model, samples, candidates);
            var of = losses.computeIfAbsent(model, absent -> new LinkedHashMap<>());
            for (int i = 0; i < candidates.size(); i++) {
                of.put(candidates.get(i), scores.get(i).perplexity());
            }
        }
        return new Row(length, columns.stream().map(column -> column.candidate().apply(length)
                .map(candidate -> OptionalDouble.of(losses.get(column.model()).get(candidate))).orElseGet(OptionalDouble::empty)).toList());
    }
}
