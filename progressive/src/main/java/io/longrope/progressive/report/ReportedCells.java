package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.LossByPosition;
import io.longrope.evaluator.metric.LossByPosition.Bin;
import io.longrope.progressive.report.MetricTable.Quantity;
import io.longrope.search.job.JobEvent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A closing table of perplexities as far as the job log tells of it.
 *
 * @param told its cells, in the order they were told; of equal ones the last counts
 */
record ReportedCells(List<JobEvent> told) {

    /** Empty where none were told. */
    Optional<PerplexityReport> perplexities() {
        var columns = columns();
        var rows = rows(event -> event.numbers().getOrDefault(JobEvent.PERPLEXITY, Double.NaN)).entrySet().stream()
                .map(row -> new PerplexityReport.Row(row.getKey(), columns.stream().map(column -> row.getValue().containsKey(column)
                        ? OptionalDouble.of(row.getValue().get(column)) : OptionalDouble.empty()).toList())).toList();
        return rows.isEmpty() ? Optional.empty() : Optional.of(new PerplexityReport(window(), columns, rows));
    }

    /** What the longer window of each method is worth; empty where nobody told. */
    Optional<PositionReport> gains() {
        var cells = new ReportedCells(told.stream().filter(event -> event.numbers().containsKey(JobEvent.GAIN)).toList());
        var columns = cells.columns();
        var rows = cells.rows(event -> estimate(event, JobEvent.GAIN, JobEvent.GAIN_ERROR)).entrySet().stream()
                .map(row -> new PositionReport.Row(row.getKey(), new Bin(window(), row.getKey()),
                        columns.stream().map(column -> Optional.ofNullable(row.getValue().get(column))).toList()))
                .toList();
        return rows.isEmpty() ? Optional.empty() : Optional.of(new PositionReport(Quantity.GAIN, window(), columns, rows));
    }

    /** Losses by position; empty until crop's are told, and where a build told that did not tell of them. */
    Optional<PositionReport> positions() {
        var cells = new ReportedCells(told.stream().filter(event -> event.numbers().containsKey(JobEvent.POSITION_LOSS + 0)).toList());
        var columns = cells.columns();
        var lines = new ArrayList<PositionReport.Row>();
        cells.rows(event -> event).forEach((length, row) -> {
            var bins = LossByPosition.bins(cells.window(), length);
            for (int i = 0; i < bins.size(); i++) {
                int bin = i;
                lines.add(new PositionReport.Row(length, bins.get(bin), columns.stream().map(column -> Optional.ofNullable(row.get(column))
                        .map(event -> estimate(event, JobEvent.POSITION_LOSS + bin, JobEvent.POSITION_LOSS_ERROR + bin))).toList()));
            }
        });
        return columns.contains(Crop.NAME) ? Optional.of(new PositionReport(Quantity.LOSS, window(), columns, lines)) : Optional.empty();
    }

    private List<String> columns() {
        return told.stream().map(JobEvent::message).distinct().toList();
    }

    /** By length, ascending, then by column. */
    private <T> Map<Integer, Map<String, T>> rows(Function<JobEvent, T> figure) {
        var rows = new TreeMap<Integer, Map<String, T>>();
        told.forEach(event -> rows.computeIfAbsent(whole(event, JobEvent.LENGTH), length -> new HashMap<>())
                .put(event.message(), figure.apply(event)));
        return rows;
    }

    private static Estimate estimate(JobEvent event, String name, String errorName) {
        var error = event.numbers().get(errorName);
        return new Estimate(event.numbers().getOrDefault(name, Double.NaN),
                error == null ? OptionalDouble.empty() : OptionalDouble.of(error));
    }

    /** Builds that told of none knew no crop: 0. */
    private int window() {
        return told.stream().mapToInt(event -> whole(event, JobEvent.WINDOW)).max().orElse(0);
    }

    private static int whole(JobEvent event, String name) {
        return event.numbers().getOrDefault(name, 0.0).intValue();
    }
}
