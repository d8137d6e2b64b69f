package io.longrope.progressive.report;

import io.longrope.progressive.plan.Lengths;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an engine pays that keeps one table at all lengths: the table of each length, run at the shorter ones too, beside the table
 * made for each length.
 *
 * @param perplexities lengths down, exported tables across
 */
public record TradeOff(PerplexityReport perplexities) {

    /** In a run directory. */
    public static final String FILE = "trade-off.json";

    static final String OWN = "its own table";
    private static final String EXPORTED = "table for ";

    static String column(int length) {
        return EXPORTED + Lengths.format(length);
    }

    /** What a run measured; empty where it measured none. */
    public static Optional<TradeOff> read(Path runDirectory) throws IOException {
        return ClosingTable.read(runDirectory.resolve(FILE), PerplexityReport::fromTree).map(TradeOff::new);
    }

    /** As far as the job log tells; empty where it tells of none. */
    public static Optional<TradeOff> of(RunHistory history) {
        return new ReportedCells(history.reported(RunHistory.TRADE_OFF)).perplexities().map(TradeOff::new);
    }

    /**
     * A point of the curve of one exported table.
     *
     * @param length     tokens, less than the table is for or as many
     * @param perplexity of the exported table; +∞ where it diverged
     * @param own        of the table made for the length
     */
    public record Cost(int length, double perplexity, double own) {

        /** How much higher the perplexity is, as a share; negative where it is lower. */
        public double share() {
            return perplexity / own - 1;
        }
    }

    /** The exported tables, shortest first. */
    public List<String> exported() {
        return perplexities.columns().stream().filter(column -> column.startsWith(EXPORTED)).toList();
    }

    /** Of one of {@link #exported()}, by length. */
    public List<Cost> costs(String exported) {
        int column = perplexities.columns().indexOf(exported);
        int own = perplexities.columns().indexOf(OWN);
        return perplexities.rows().stream().filter(row -> row.perplexities().get(column).isPresent())
                .map(row -> new Cost(row.length(), value(row, column), value(row, own))).toList();
    }

    private static double value(PerplexityReport.Row row, int column) {
        return row.perplexities().get(column).orElse(Double.NaN);
    }

    /**
     * What a table exported for a window costs at shorter lengths, a sentence each. A window between two that were measured is told
     * what the longer one costs.
     */
    public List<String> sentences(int window) {
        return exported().stream().filter(exported -> of(exported) >= window).findFirst().stream()
                .flatMap(exported -> costs(exported).stream().filter(cost -> cost.length() < window).map(cost -> sentence(exported, cost)))
                .toList();
    }

    private static int of(String exported) {
        return Lengths.parse(exported.substring(EXPORTED.length())).orElse(0);
    }

    private static String sentence(String exported, Cost cost) {
        return String.format(Locale.ROOT, "the %s at %s: perplexity %s, where the one made for that length has %s (%+.1f %%)",
                exported, Lengths.format(cost.length()), Quantities.perplexity(cost.perplexity()), Quantities.perplexity(cost.own()),
                100 * cost.share());
    }

    /** For people: exported tables down, lengths across; in brackets how much higher than with the table made for the length. */
    public TextTable table() {
        var headers = new ArrayList<>(List.of("exported"));
        perplexities.rows().forEach(row -> headers.add(Lengths.format(row.length())));
        return new TextTable(headers, exported().stream().map(this::row).toList());
    }

    /** A table serves the lengths up to its own: cells at the end may be empty. */
    private List<String> row(String exported) {
        var cells = new ArrayList<>(List.of(exported));
        costs(exported).forEach(cost -> cells.add(cell(cost)));
        while (cells.size() <= perplexities.rows().size()) {
            cells.add("-");
        }
        return cells;
    }

    private static String cell(Cost cost) {
        return String.format(Locale.ROOT, "%s (%+.1f %%)", Quantities.perplexity(cost.perplexity()), 100 * cost.share());
    }
}
