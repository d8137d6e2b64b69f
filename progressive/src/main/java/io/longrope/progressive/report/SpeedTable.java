package io.longrope.progressive.report;

import io.longrope.evaluator.session.Bytes;
import io.longrope.progressive.plan.Lengths;
import io.longrope.search.work.Precision;

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
public record SpeedTable(long parameters, int threads, Precision precision, double matrixPeak, List<Row> rows)
        implements ResultTable {

    /**
     * @param seconds        one pass
     * @param operations     its floating-point operations
     * @param peakBytes      the most memory the process held meanwhile; empty where the system does not tell
     * @param estimatedBytes what the model's configuration makes expect
     */
    public record Row(int length, double seconds, double operations, OptionalLong peakBytes, long estimatedBytes) {
    }

    @Override
    public TextTable table() {
        return new TextTable(List.of("length", "tokens/s", "GFLOP/s", "of matrix peak", "peak memory", "estimate"),
                rows.stream().map(row -> List.of(
                Lengths.format(row.length()), figure("%.0f", tokensPerSecond(row)), figure("%.1f", speed(row) / 1e9),
                figure("%.0f %%", 100 * share(row)),
                row.peakBytes().isPresent() ? Bytes.format(row.peakBytes().getAsLong()) : "-", Bytes.format(row.estimatedBytes())))
                .toList());
    }

    @Override
    public Map<String, Object> setting() {
        return ResultTable.cells(new Setting(1, parameters, threads, precision));
    }

    @Override
    public List<Map<String, Object>> cells() {
        return rows.stream().map(row -> ResultTable.cells(new Cells(row.length(), row.seconds(), tokensPerSecond(row), speed(row),
                matrixPeak, share(row), row.peakBytes(), row.estimatedBytes()))).toList();
    }

    private record Setting(int schema, long parameters, int threads, Precision precision) {
    }

    private record Cells(int length, double seconds, double tokensPerSecond, double operationsPerSecond, double matrixPeak,
            double shareOfPeak, OptionalLong peakBytes, long estimatedBytes) {
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
