package io.longrope.progressive.bench;

import io.longrope.progressive.bench.Departures.Recovery;
import io.longrope.progressive.report.ResultTable;
import io.longrope.progressive.report.TextTable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How busy workers were, by load. */
public record ServiceTable(List<Row> rows) implements ResultTable {

    /** @param transport what carried the tasks: kafka, or memory for simulated workers */
    public record Row(String transport, ServiceBench.Result result) {

        /** Of one kind of departure, in the order in which the tasks were begun anew. */
        private List<Recovery> recoveries(Departure how) {
            return result.recoveries().stream().filter(recovery -> recovery.departure() == how)
                    .sorted(Comparator.comparingDouble(Recovery::begunSeconds)).toList();
        }

        private Cells cells() {
            var load = result.load();
            var use = result.use();
            return new Cells(transport, load.workers(), load.jobs(), load.algorithm(), load.generation(),
                    load.askAhead(), load.length().mean().toNanos() / 1e9, load.length().sigma(), use.tasks(), use.fewest(),
                    use.countedSeconds(), use.utilisation(), use.medianGap(), use.longGap(), result.processSeconds(), result.recoveries());
        }
    }

    private record Cells(String queue, int workers, int jobs, String algorithm, int generation, int askAhead, double meanSeconds,
            double sigma, int tasks, int fewestTasks, double countedSeconds, double utilisation, double medianGapSeconds,
            double longGapSeconds, double processSecondsPerTask, List<Recovery> recoveries) {
    }

    @Override
    public TextTable table() {
        var headers = new ArrayList<>(List.of("queue", "workers", "jobs", "algorithm", "generation", "ahead", "tasks", "fewest",
                "utilisation", "median gap", "99 % gap", "CPU/task"));
        for (var how : Departure.values()) {
            headers.add(how.word());
        }
        return new TextTable(headers, rows.stream().map(ServiceTable::line).toList());
    }

    @Override
    public Map<String, Object> setting() {
        return Map.of("schema", 3);
    }

    /** Seconds. */
    @Override
    public List<Map<String, Object>> cells() {
        return rows.stream().map(row -> ResultTable.cells(row.cells())).toList();
    }

    /** Of the recoveries the medians. */
    @Override
    public TextTable exactTable() {
        return TextTable.ofCells(rows.stream().map(row -> {
            var cells = ResultTable.cells(row.cells());
            cells.remove("recoveries");
            for (var how : Departure.values()) {
                var recoveries = row.recoveries(how);
                cells.put(how.word(), recoveries.size());
                cells.put(how.word() + "MedianBegunSeconds", recoveries.isEmpty() ? null : median(recoveries).begunSeconds());
                cells.put(how.word() + "MedianDoneSeconds", recoveries.isEmpty() ? null : median(recoveries).doneSeconds());
            }
            return cells;
        }).toList());
    }

    private static List<String> line(Row row) {
        var load = row.result.load();
        var use = row.result.use();
        var line = new ArrayList<>(List.of(row.transport, Integer.toString(load.workers()), Integer.toString(load.jobs()),
                load.algorithm(), Integer.toString(load.generation()), Integer.toString(load.askAhead()), Integer.toString(use.tasks()),
                Integer.toString(use.fewest()),
                figure("%.1f %%", 100 * use.utilisation()), millis(use.medianGap()), millis(use.longGap()),
                millis(row.result.processSeconds())));
        for (var how : Departure.values()) {
            var recoveries = row.recoveries(how);
            line.add(recoveries.isEmpty() ? "-" : recoveries.size() + figure(", %.1f s", median(recoveries).begunSeconds()));
        }
        return line;
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
