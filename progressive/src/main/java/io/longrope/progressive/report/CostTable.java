package io.longrope.progressive.report;

import io.longrope.progressive.plan.Lengths;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Memory and operations of one forward pass, by length. */
public record CostTable(List<Row> rows) {

    /** Memory of the devices people have, in GB of 10⁹ bytes. */
    private static final int[] DEVICES = {8, 12, 16, 24, 32, 40, 48, 80, 96, 141, 192};
    private static final long GIGABYTE = 1_000_000_000;

    /** @param operations floating-point operations of the pass */
    public record Row(int length, PassCost.Memory memory, double operations) {
    }

    /** For people, with the smallest device that holds it. */
    public TextTable table() {
        return new TextTable(List.of("length", "process", "weights", "hidden states", "keys and values", "chunk", "memory", "FLOPs", "fits"), rows.stream().map(row -> {
            var cells = new ArrayList<>(List.of(Lengths.format(row.length())));
            parts(row.memory()).values().forEach(bytes -> cells.add(Quantities.bytes(bytes)));
            cells.add(operations(row));
            cells.add(device(row.memory().total()));
            return (List<String>) cells;
        }).toList());
    }

    /** For programs: bytes. */
    public TextTable exactTable() {
        return new TextTable(List.of("length", "process", "weights", "hiddenStates", "keysAndValues", "chunk", "memory", "operations"), rows.stream().map(row -> {
            var cells = new ArrayList<>(List.of(Integer.toString(row.length())));
            parts(row.memory()).values().forEach(bytes -> cells.add(Long.toString(bytes)));
            cells.add(operations(row));
            return (List<String>) cells;
        }).toList());
    }

    /** As maps, for JSON: bytes. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("rows", rows.stream().map(row -> {
            var line = new LinkedHashMap<String, Object>();
            line.put("length", row.length());
            line.putAll(parts(row.memory()));
            line.put("operations", row.operations());
            return line;
        }).toList());
        return tree;
    }

    private static Map<String, Long> parts(PassCost.Memory memory) {
        var parts = new LinkedHashMap<String, Long>();
        parts.put("process", memory.process());
        parts.put("weights", memory.weights());
        parts.put("hiddenStates", memory.hiddenStates());
        parts.put("keysAndValues", memory.keysAndValues());
        parts.put("chunk", memory.chunk());
        parts.put("memory", memory.total());
        return parts;
    }

    private static String operations(Row row) {
        return String.format(Locale.ROOT, "%.3g", row.operations());
    }

    private static String device(long bytes) {
        for (int gigabytes : DEVICES) {
            if (bytes <= gigabytes * GIGABYTE) {
                return gigabytes + " GB";
            }
        }
        return "none";
    }
}
