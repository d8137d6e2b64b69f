package io.longrope.progressive.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One kind of figure of several runs: what is measured down, runs across.
 *
 * @param key     its name for programs
 * @param title   its name for people
 * @param remark  how to read it, a sentence or more
 * @param headers names of what tells the lines apart, such as length and method
 * @param runs    their names, one per cell of a line
 * @param lines   none where no run has such a figure
 */
public record SideBySide(String key, String title, String remark, List<String> headers, List<String> runs, List<Line> lines) {

    private static final String ABSENT = "-";

    public SideBySide {
        headers = List.copyOf(headers);
        runs = List.copyOf(runs);
        lines = List.copyOf(lines);
    }

    /**
     * @param place what tells it from other lines, one per header: texts, and whole numbers of tokens
     * @param cells one per run; empty where the run has no such figure
     */
    public record Line(List<Place> place, List<Optional<Cell>> cells) {
    }

    /** Where a line stands. */
    public record Place(String shown, Object exact) {

        static Place of(String text) {
            return new Place(text, text);
        }
    }

    /** A figure for people and for programs. */
    public record Cell(String shown, Object exact) {
    }

    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** For people: cells without a value are dashes. */
    public TextTable table() {
        return new TextTable(headed(), lines.stream().map(line -> {
            var cells = new ArrayList<>(line.place().stream().map(Place::shown).toList());
            line.cells().forEach(cell -> cells.add(cell.map(Cell::shown).orElse(ABSENT)));
            return (List<String>) cells;
        }).toList(), headers.size());
    }

    /** For programs, lines of all kinds alike: kind, place in one text, then the figures with every digit. */
    List<List<String>> exactRows() {
        return lines.stream().map(line -> {
            var cells = new ArrayList<>(List.of(key));
            cells.add(String.join(" ", line.place().stream().map(place -> place.exact().toString()).toList()));
            line.cells().forEach(cell -> cells.add(cell.map(one -> one.exact().toString()).orElse("")));
            return (List<String>) cells;
        }).toList();
    }

    /** Lines as maps, for JSON. */
    List<Map<String, Object>> tree() {
        return lines.stream().map(line -> {
            var tree = new LinkedHashMap<String, Object>();
            for (int i = 0; i < headers.size(); i++) {
                tree.put(headers.get(i), line.place().get(i).exact());
            }
            var cells = new LinkedHashMap<String, Object>();
            for (int i = 0; i < runs.size(); i++) {
                cells.put(runs.get(i), line.cells().get(i).map(Cell::exact).orElse(null));
            }
            tree.put("runs", cells);
            return (Map<String, Object>) tree;
        }).toList();
    }

    private List<String> headed() {
        var all = new ArrayList<>(headers);
        all.addAll(runs);
        return all;
    }
}
