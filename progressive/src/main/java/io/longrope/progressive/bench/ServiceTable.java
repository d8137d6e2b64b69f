package io.longrope.progressive.bench;

import io.longrope.progressive.bench.Departures.Recovery;
import io.longrope.progressive.report.TextTable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How busy workers were, by load. */
public record ServiceTable(List<Row> rows) {

    /** @param transport what carried the tasks: kafka, or memory for simulated workers */
    public record Row(String transport, ServiceBench.Result result) {

        /** Of one kind of departure, in the order in which the tasks were begun anew. */
        private List<Recovery> recoveries(Departure how) {
            return result.recoveries().stream().filter(recovery -> recovery.how() == how)
                    .sorted(Comparator.comparingDouble(Recovery::begunSeconds)).toList();
        }
    }

    /** For people. */
    public TextTable table() {
        var headers = new ArrayList<>(List.of("queue", "workers", "jobs", "generation", "tasks", "fewest", "utilisation", "median gap",
                "99 % gap", "CPU/task"));
        for (var how : Departure.values()) {
            headers.add(how.word());
        }
        return new TextTable(headers, rows.stream().map(ServiceTable::line).toList());
    }

    /** For programs: every digit, seconds. */
    public TextTable exactTable() {
        return TextTable.ofCells(rows.stream().map(row -> {
            var cells = cells(row);
            for (var how : Departure.values()) {
                var recoveries = row.recoveries(how);
                cells.put(how.word(), recoveries.size());
                cells.put(how.word() + "MedianBegunSeconds", recoveries.isEmpty() ? null : median(recoveries).begunSeconds());
                cells.put(how.word() + "MedianDoneSeconds", recoveries.isEmpty() ? null : median(recoveries).doneSeconds());
            }
            return cells;
        }).toList());
    }

    /** As maps, for JSON. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 2);
        tree.put("rows", rows.stream().map(row -> {
            var cells = cells(row);
            cells.put("recoveries", row.result.recoveries().stream().map(recovery -> Map.of("departure", recovery.how().word(),
                    "begunSeconds", recovery.begunSeconds(), "doneSeconds", recovery.doneSeconds())).toList());
            return cells;
        }).toList());
        return tree;
    }

    private static List<String> line(Row row) {
        var load = row.result.load();
        var use = row.result.use();
        var line = new ArrayList<>(List.of(row.transport, Integer.toString(load.workers()), Integer.toString(load.jobs()),
                Integer.toString(load.generation()), Integer.toString(use.tasks()), Integer.toString(use.fewest()),
                figure("%.1f %%", 100 * use.utilisation()), millis(use.medianGap()), millis(use.longGap()),
                millis(row.result.processSeconds())));
        for (var how : Departure.values()) {
            var recoveries = row.recoveries(how);
            line.add(recoveries.isEmpty() ? "-" : recoveries.size() + figure(", %.1f s", median(recoveries).begunSeconds()));
        }
        return line;
    }

    private static Map<String, Object> cells(Row row) {
        var load = row.result.load();
        var use = row.result.use();
        var cells = new LinkedHashMap<String, Object>();
        cells.put("queue", row.transport);
        cells.put("workers", load.workers());
        cells.put("jobs", load.jobs());
        cells.put("algorithm", load.algorithm());
        cells.put("generation", load.generation());
        cells.put("meanSeconds", load.length().mean().toNanos() / 1e9);
        cells.put("sigma", load.length().sigma());
        cells.put("tasks", use.tasks());
        cells.put("fewestTasks", use.fewest());
        cells.put("countedSeconds", use.countedSeconds());
        cells.put("utilisation", use.utilisation());
        cells.put("medianGapSeconds", use.medianGap());
        cells.put("longGapSeconds", use.longGap());
        cells.put("processSecondsPerTask", row.result.processSeconds());
        return cells;
    }

    private static Recovery median(List<Recovery> sorted) {
        return sorted.get((sorted.size() - 1) / 2);
    }

    private static String millis(double seconds) {
        return figure("%.1f ms", 1000 * seconds);
    }

    private static String figure(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
