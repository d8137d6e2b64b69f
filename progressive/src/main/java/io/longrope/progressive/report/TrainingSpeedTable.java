package io.longrope.progressive.report;

import io.longrope.evaluator.session.Bytes;
import io.longrope.search.work.Precision;

import java.util.LinkedHashMap;
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
public record TrainingSpeedTable(long parameters, int length, int batch, Precision precision, List<Row> rows) {

    /**
     * @param recompute whether layers are computed again in the backward pass
     * @param trainable parameters that change
     * @param seconds   one step
     * @param peakBytes the most memory the process held meanwhile; empty where the system does not tell
     */
    public record Row(boolean recompute, long trainable, double seconds, OptionalLong peakBytes) {
    }

    /** For people. */
    public TextTable table() {
        return new TextTable(List.of("recompute", "trained", "seconds/step", "tokens/s", "peak memory"), rows.stream().map(row -> List.of(
                row.recompute() ? "yes" : "no", Quantities.brief(row.trainable()), String.format(Locale.ROOT, "%.2f", row.seconds()),
                String.format(Locale.ROOT, "%.0f", tokensPerSecond(row)),
                row.peakBytes().isPresent() ? Bytes.format(row.peakBytes().getAsLong()) : "-")).toList());
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
        tree.put("length", length);
        tree.put("batch", batch);
        tree.put("precision", precision);
        tree.put("rows", rows.stream().map(this::cells).toList());
        return tree;
    }

    private Map<String, Object> cells(Row row) {
        var cells = new LinkedHashMap<String, Object>();
        cells.put("recompute", row.recompute());
        cells.put("trainable", row.trainable());
        cells.put("seconds", row.seconds());
        cells.put("tokensPerSecond", tokensPerSecond(row));
        cells.put("peakBytes", row.peakBytes().isPresent() ? row.peakBytes().getAsLong() : null);
        return cells;
    }

    private double tokensPerSecond(Row row) {
        return (double) length * batch / row.seconds();
    }
}
