package io.longrope.progressive.report;

import io.longrope.evaluator.session.Bytes;
import io.longrope.search.work.Precision;
import io.longrope.progressive.plan.Lengths;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How fast a model is scored, by length.
 *
 * @param parameters of the model
 * @param threads    inside one operation
 * @param matrixPeak floating-point operations a second of a matrix product on the same threads
 */
public record SpeedTable(long parameters, int threads, Precision precision, double matrixPeak, List<Row> rows) {

    /**
     * @param seconds        one pass
     * @param operations     its floating-point operations
     * @param peakBytes      the most memory the process held meanwhile; empty where the system does not tell
     * @param estimatedBytes what the model's configuration makes expect
     */
    public record Row(int length, double seconds, double operations, OptionalLong peakBytes, long estimatedBytes) {
    }

    /** For people. */
    public TextTable table() {
        return new TextTable(List.of("length", "tokens/s", "GFLOP/s", "of matrix peak", "peak memory", "estimate"),
                rows.stream().map(row -> List.of(
                Lengths.format(row.length()), figure("%.0f", tokensPerSecond(row)), figure("%.1f", speed(row) / 1e9),
                figure("%.0f %%", 100 * share(row)),
                row.peakBytes().isPresent() ? Bytes.format(row.peakBytes().getAsLong()) : "-", Bytes.format(row.estimatedBytes())))
                .toList());
    }

    /** For programs: every digit, bytes. */
    public TextTable exactTable() {
        return TextTable.ofCells(rows.stream().map(this::cells).toList());
    }

    /** As maps, for JSON. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("parameters", parameters);
        tree.put("threads", threads);
        tree.put("precision", precision);
        tree.put("rows", rows.stream().map(this::cells).toList());
        return tree;
    }

    private Map<String, Object> cells(Row row) {
        var cells = new LinkedHashMap<String, Object>();
        cells.put("length", row.length());
        cells.put("seconds", row.seconds());
        cells.put("tokensPerSecond", tokensPerSecond(row));
        cells.put("operationsPerSecond", speed(row));
        cells.put("matrixPeak", matrixPeak);
        cells.put("shareOfPeak", share(row));
        cells.put("peakBytes", row.peakBytes().isPresent() ? row.peakBytes().getAsLong() : null);
        cells.put("estimatedBytes", row.estimatedBytes());
        return cells;
    }

    private static double tokensPerSecond(Row row) {
        return row.length() / row.seconds();
    }

    private static double speed(Row row) {
        return row.operations() / row.seconds();
    }

    private double share(Row row) {
        return speed(row) / matrixPeak;
    }

    private static String figure(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
