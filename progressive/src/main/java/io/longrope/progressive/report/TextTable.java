package io.longrope.progressive.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Rows of text under headers, in the forms people and programs read. The first columns are text and aligned left, the others
 * numbers and aligned right.
 *
 * @param headers     one per column
 * @param rows        each as long as the headers
 * @param textColumns how many columns are text
 */
public record TextTable(List<String> headers, List<List<String>> rows, int textColumns) {

    public TextTable {
        headers = List.copyOf(headers);
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** The first column is text. */
    public TextTable(List<String> headers, List<List<String>> rows) {
        this(headers, rows, 1);
    }

    /**
     * Named cells, for programs: what they are called heads the columns, and what there is no value for is left empty.
     *
     * @param rows at least one, all with the same names
     */
    public static TextTable ofCells(List<Map<String, Object>> rows) {
        return new TextTable(List.copyOf(rows.get(0).keySet()),
                rows.stream().map(row -> row.values().stream().map(value -> Objects.toString(value, "")).toList()).toList());
    }

    /** Columns lined up for a terminal. */
    public String aligned() {
        var widths = widths();
        return lines().stream().map(row -> line(row, widths, "  ").stripTrailing()).collect(Collectors.joining("\n"));
    }

    public String markdown() {
        var widths = widths();
        var lines = new ArrayList<String>();
        lines().forEach(row -> lines.add("| " + line(row, widths, " | ") + " |"));
        var rule = new ArrayList<String>();
        for (int i = 0; i < widths.length; i++) {
            rule.add("-".repeat(Math.max(3, widths[i]) - (i < textColumns ? 0 : 1)) + (i < textColumns ? "" : ":"));
        }
        lines.add(1, "| " + String.join(" | ", rule) + " |");
        return String.join("\n", lines);
    }

    /** RFC 4180: cells with a comma, a quote or a line break are quoted. */
    public String csv() {
        return lines().stream().map(row -> row.stream().map(TextTable::quoted).collect(Collectors.joining(",")))
                .collect(Collectors.joining("\n"));
    }

    private List<List<String>> lines() {
        var lines = new ArrayList<List<String>>(Collections.singletonList(headers));
        lines.addAll(rows);
        return lines;
    }

    private int[] widths() {
        var widths = new int[headers.size()];
        lines().forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        });
        return widths;
    }

    private String line(List<String> row, int[] widths, String between) {
        var cells = new ArrayList<String>();
        for (int i = 0; i < widths.length; i++) {
            var padding = " ".repeat(widths[i] - width(row.get(i)));
            cells.add(i < textColumns ? row.get(i) + padding : padding + row.get(i));
        }
        return String.join(between, cells);
    }

    /** Columns of a terminal: the hat of n̂ is a character of its own but takes no room. */
    private static int width(String cell) {
        return (int) cell.codePoints().filter(point -> Character.getType(point) != Character.NON_SPACING_MARK).count();
    }

    private static String quoted(String cell) {
        return cell.matches("[^,\"\n\r]*") ? cell : "\"" + cell.replace("\"", "\"\"") + "\"";
    }
}
