package io.longrope.progressive.bench;

import io.longrope.evaluator.session.Bytes;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.ResultTable;
import io.longrope.progressive.report.TextTable;
import io.longrope.search.work.Precision;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What uses of a model were planned to take and what they took, in bytes. */
public record MemoryTable(List<Row> rows) implements ResultTable {

    /** @param difference of the plan from what was measured, as a share of that */
    public record Row(String use, long parameters, int length, Precision precision, long planned, long measured, double difference) {

        /** @param measured bytes at the peak */
        public static Row of(MemoryCase use, long measured) {
            long planned = use.plan().total();
            return new Row(use.label(), use.model().parameters(), use.length(), use.precision(), planned, measured,
                    (double) planned / measured - 1);
        }
    }

    @Override
    public TextTable table() {
        return new TextTable(List.of("use", "parameters", "length", "precision", "planned", "measured", "difference"),
                rows.stream().map(row -> List.of(row.use, Quantities.brief(row.parameters), Integer.toString(row.length),
                        row.precision.name().toLowerCase(Locale.ROOT), Bytes.format(row.planned), Bytes.format(row.measured),
                        String.format(Locale.ROOT, "%+.1f %%", 100 * row.difference))).toList());
    }

    @Override
    public List<Map<String, Object>> cells() {
        return rows.stream().map(ResultTable::cells).toList();
    }
}
