package io.longrope.progressive.bench;

import io.longrope.progressive.report.TextTable;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How busy workers were, by load.
 *
 * @param noticed how long a killed worker kept its evaluation from others; empty when not measured
 */
public record ServiceTable(List<Row> rows, Optional<Duration> noticed) {

    /** @param transport what carried the evaluations: kafka, or memory for simulated workers */
    public record Row(String transport, ServiceBench.Result result) {
    }

    /** For people. */
    public TextTable table() {
        return new TextTable(List.of("queue", "workers", "jobs", "generation", "evaluations", "utilisation", "median gap", "99 % gap",
                "CPU/evaluation"),
                rows.stream().map(row -> {
                    var load = row.result.load();
                    var use = row.result.use();
                    return List.of(row.transport, Integer.toString(load.workers()), Integer.toString(load.jobs()),
                            Integer.toString(load.generation()),
                            Integer.toString(use.evaluations()), figure("%.1f %%", 100 * use.utilisation()), millis(use.medianGap()),
                            millis(use.longGap()),
                            millis(row.result.processSeconds()));
                }).toList());
    }

    /** For programs: every digit, seconds. */
    public TextTable exactTable() {
        return TextTable.ofCells(rows.stream().map(ServiceTable::cells).toList());
    }

    /** As maps, for JSON. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        noticed.ifPresent(time -> tree.put("killedWorkerNoticedSeconds", seconds(time)));
        tree.put("rows", rows.stream().map(ServiceTable::cells).toList());
        return tree;
    }

    private static Map<String, Object> cells(Row row) {
        var load = row.result.load();
        var use = row.result.use();
        var cells = new LinkedHashMap<String, Object>();
        cells.put("queue", row.transport);
        cells.put("workers", load.workers());
        cells.put("jobs", load.jobs());
        cells.put("generation", load.generation());
        cells.put("workSeconds", seconds(load.work()));
        cells.put("evaluations", use.evaluations());
        cells.put("steadySeconds", use.steadySeconds());
        cells.put("utilisation", use.utilisation());
        cells.put("medianGapSeconds", use.medianGap());
        cells.put("longGapSeconds", use.longGap());
        cells.put("processSecondsPerEvaluation", row.result.processSeconds());
        return cells;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private static String millis(double seconds) {
        return figure("%.1f ms", 1000 * seconds);
    }

    private static String figure(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
