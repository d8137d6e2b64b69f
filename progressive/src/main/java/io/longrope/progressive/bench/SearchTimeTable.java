package io.longrope.progressive.bench;

import io.longrope.progressive.report.ResultTable;
import io.longrope.progressive.report.TextTable;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** How much sooner many workers find what one does, by problem and number of workers. */
public record SearchTimeTable(SearchTimeBench.Load load, List<Row> rows) implements ResultTable {

    private static final String NEVER = "-";

    /**
     * @param target     loss looked for
     * @param oneSeconds that one worker takes to it
     * @param reached    searches that came to it, of all seeds
     * @param seconds    to it; empty where less than half of the searches came to it, and so are the next two
     * @param speedUp    one worker's time / this one
     * @param tokens     spent to it / those of one worker
     */
    public record Row(String problem, SearchTimeBench.Team team, double target, double oneSeconds, int reached, OptionalDouble seconds,
                      OptionalDouble speedUp, OptionalDouble tokens) {

        private Cells cells() {
            var sharing = team.sharing();
            return new Cells(problem, team.workers(), sharing.batch(), sharing.askAhead(), sharing.racing() ? sharing.rungs() : List.of(),
                    target, oneSeconds, reached, boxed(seconds), boxed(speedUp), boxed(tokens));
        }

        private static Double boxed(OptionalDouble figure) {
            return figure.isPresent() ? figure.getAsDouble() : null;
        }
    }

    private record Cells(String problem, int workers, int batch, int askAhead, List<Integer> rungs, double targetLoss, double oneSeconds,
            int reached, Double seconds, Double speedUp, Double tokenRatio) {
    }

    @Override
    public TextTable table() {
        var headers = List.of("problem", "workers", "batch", "ahead", "rungs", "target", "reached", "seconds", "speed-up", "tokens");
        return new TextTable(headers, rows.stream().map(this::line).toList());
    }

    private List<String> line(Row row) {
        var cells = row.cells();
        return List.of(cells.problem, Integer.toString(cells.workers), Integer.toString(cells.batch),
                Integer.toString(cells.askAhead),
                cells.rungs.isEmpty() ? NEVER : cells.rungs.stream().map(String::valueOf).collect(Collectors.joining(" ")),
                figure("%.4f", OptionalDouble.of(cells.targetLoss)), cells.reached + " of " + load.seeds(), figure("%.1f", row.seconds),
                figure("%.1f", row.speedUp), figure("%.2f", row.tokens));
    }

    private static String figure(String format, OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : NEVER;
    }

    @Override
    public Map<String, Object> setting() {
        return Map.of("schema", 1, "algorithm", load.algorithm(), "maxEvaluations", load.evaluations(), "samples", load.samples(), "seeds",
                load.seeds(), "meanSeconds", load.length().mean().toNanos() / 1e9, "sigma", load.length().sigma());
    }

    @Override
    public List<Map<String, Object>> cells() {
        return rows.stream().map(row -> ResultTable.cells(row.cells())).toList();
    }

    /** Rungs in one cell. */
    @Override
    public TextTable exactTable() {
        return TextTable.ofCells(rows.stream().map(row -> {
            var cells = ResultTable.cells(row.cells());
            cells.put("rungs", row.cells().rungs.stream().map(String::valueOf).collect(Collectors.joining(" ")));
            return cells;
        }).toList());
    }
}
