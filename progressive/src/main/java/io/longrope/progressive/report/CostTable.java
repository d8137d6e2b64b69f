package io.longrope.progressive.report;

import io.longrope.evaluator.session.Bytes;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.progressive.plan.Lengths;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Memory and operations of one forward pass, by length. */
public record CostTable(List<Row> rows) implements ResultTable {

    /** Memory of the devices people have, in GB of 10⁹ bytes. */
    private static final int[] DEVICES = {8, 12, 16, 24, 32, 40, 48, 80, 96, 141, 192};
    private static final long GIGABYTE = 1_000_000_000;

    /** @param operations floating-point operations of the pass */
    public record Row(int length, MemoryPlan memory, double operations) {
    }

    /** With the smallest device that holds it. */
    @Override
    public TextTable table() {
        var columns = new ArrayList<>(List.of("length"));
        parts().forEach(part -> columns.add(part.label()));
        columns.addAll(List.of("memory", "FLOPs", "fits"));
        return new TextTable(columns, rows.stream().map(row -> {
            var cells = new ArrayList<>(List.of(Lengths.format(row.length())));
            parts().forEach(part -> cells.add(Bytes.format(row.memory().bytes(part))));
            cells.add(Bytes.format(row.memory().total()));
            cells.add(Quantities.operations(row.operations()));
            cells.add(device(row.memory().total()));
            return (List<String>) cells;
        }).toList());
    }

    /** Bytes. */
    @Override
    public List<Map<String, Object>> cells() {
        return rows.stream().map(row -> {
            var cells = new LinkedHashMap<String, Object>();
            cells.put("length", row.length());
            parts().forEach(part -> cells.put(part.key(), row.memory().bytes(part)));
            cells.put("memory", row.memory().total());
            cells.put("operations", row.operations());
            return (Map<String, Object>) cells;
        }).toList();
    }

    /** Those that any row has, and the total. */
    private List<MemoryPlan.Part> parts() {
        return Arrays.stream(MemoryPlan.Part.values()).filter(part -> rows.stream().anyMatch(row -> row.memory().bytes(part) > 0)).toList();
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
