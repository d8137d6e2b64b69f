package io.longrope.progressive.report;

import io.longrope.evaluator.session.Bytes;
import io.longrope.search.work.Precision;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a training step of a model takes.
 *
 * @param parameters of the model
 * @param length     tokens per sequence
 * @param batch      sequences per step
 */
public record TrainingSpeedTable(long parameters, int length, int batch, Precision precision, List<Row> rows)
        implements ResultTable {

    /**
     * @param recompute whether layers are computed again in the backward pass
     * @param trainable parameters that change
     * @param seconds   one step
     * @param peakBytes the most memory the process held meanwhile; empty where the system does not tell
     */
    public record Row(boolean recompute, long trainable, double seconds, OptionalLong peakBytes) {
    }

    @Override
    public TextTable table() {
        return new TextTable(List.of("recompute", "trained", "seconds/step", "tokens/s", "peak memory"), rows.stream().map(row -> List.of(
                row.recompute() ? "yes" : "no", Quantities.brief(row.trainable()), String.format(Locale.ROOT, "%.2f", row.seconds()),
                String.format(Locale.ROOT, "%.0f", tokensPerSecond(row)),
                row.peakBytes().isPresent() ? Bytes.format(row.peakBytes().getAsLong()) : "-")).toList());
    }

    @Override
    public Map<String, Object> setting() {
        return ResultTable.cells(new Setting(1, parameters, length, batch, precision));
    }

    @Override
    public List<Map<String, Object>> cells() {
        return rows.stream().map(row -> ResultTable.cells(new Cells(row.recompute(), row.trainable(), row.seconds(), tokensPerSecond(row),
                row.peakBytes()))).toList();
    }

    private record Setting(int schema, long parameters, int length, int batch, Precision precision) {
    }

    private record Cells(boolean recompute, long trainable, double seconds, double tokensPerSecond, OptionalLong peakBytes) {
    }

    private double tokensPerSecond(Row row) {
        return (double) length * batch / row.seconds();
    }
}
