package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A factor table as inference engines know it: one row of factors up to the original length, one beyond, no start
 * tokens.
 *
 * @param geometry    the model's rotary embedding
 * @param length      the extended window in tokens, greater than the original length
 * @param shortFactors one row; all 1 when the table has no recovery entry
 * @param longFactors one row
 * @param shortAttention attention factor the short table was searched with
 * @param longAttention attention factor of the long table
 * @param notes       what this form leaves out of the table
 */
public record TwoTables(RopeGeometry geometry, int length, RescaleFactors shortFactors, RescaleFactors longFactors,
                        double shortAttention, double longAttention, List<String> notes) {

    /** @throws BadInput when the table has no entry beyond the original length or its factors differ between layers */
    public static TwoTables of(FactorTable table) {
        var geometry = table.geometry();
        var longest = table.longest();
        if (longest.length() <= geometry.originalLength()) {
            throw new BadInput("table of " + table.model(), "must have an entry beyond the original length of "
                    + Plural.of(geometry.originalLength(), "token") + " for this format", "longest " + longest.length(),
                    "export csv or json");
        }
        var notes = new ArrayList<String>();
        var recovery = table.entryFor(geometry.originalLength());
        var longTable = withoutStartTokens(longest, notes);
        var shortTable = recovery.map(entry -> withoutStartTokens(entry, notes));
        var unused = table.entries().stream()
                .filter(entry -> entry != longest && recovery.filter(entry::equals).isEmpty())
                .map(entry -> Integer.toString(entry.length())).collect(Collectors.joining(", "));
        if (!unused.isEmpty()) {
            notes.add("Two tables only, switched at " + Plural.of(geometry.originalLength(), "token") + ": the entries for " + unused
                    + " are left out.");
        }
        var longFactors = shared(longTable, longest.length(), notes);
        var shortFactors = shortTable.map(measured -> shared(measured, recovery.orElseThrow().length(), notes))
                .orElseGet(() -> RescaleFactors.identity(geometry.pairs()));
        return new TwoTables(geometry, longest.length(), shortFactors, longFactors,
                shortTable.map(measured -> measured.candidate().attentionFactor()).orElse(1.0),
                longTable.candidate().attentionFactor(), List.copyOf(notes));
    }

    /** s = extended / original length. */
    public double factor() {
        return geometry.extensionRatio(length);
    }

    static Measured withoutStartTokens(TableEntry entry, List<String> notes) {
        int startTokens = entry.best().candidate().startTokens();
        var exportable = entry.exportable();
        if (startTokens > 0) {
            notes.add("The start tokens of the entry for " + entry.length() + " (n̂ = " + startTokens + perplexity(entry.best())
                    + ") cannot be expressed: the table with n̂ = 0" + perplexity(exportable) + " is used.");
        } else if (entry.best().candidate().factors().isPerLayer() && !exportable.candidate().factors().isPerLayer()) {
            notes.add("The tables of each layer of the entry for " + entry.length() + perplexity(entry.best())
                    + " cannot be expressed: the one for all layers" + perplexity(exportable) + " is used.");
        }
        return exportable;
    }

    private static String perplexity(Measured measured) {
        return measured.perplexity().isPresent() ? String.format(Locale.ROOT, ", perplexity %.4f", measured.perplexity().getAsDouble())
                : ", perplexity not measured";
    }

    private static RescaleFactors shared(Measured measured, int length, List<String> notes) {
        var factors = measured.candidate().factors();
        if (factors.isPerLayer()) {
            throw new BadInput("factors for " + length, "must be one row for all layers in this format", Plural.of(factors.layers(), "row"),
                    "export csv or json");
        }
        if (factors.hasInfinite()) {
            notes.add("The pairs that do not turn in the entry for " + length + " (λ = ∞) are written as λ = 1e30, which every engine"
                    + " computes as no turn.");
        }
        return factors.finite();
    }
}
