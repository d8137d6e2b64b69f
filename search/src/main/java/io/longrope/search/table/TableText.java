package io.longrope.search.table;

import io.longrope.search.problem.Plural;
import io.longrope.search.table.TableSummary.Pair;
import io.longrope.search.table.TableSummary.Treatment;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Tables, summaries and differences for the terminal; lines end with a line feed. */
public final class TableText {

    private TableText() {
    }

    /** A paragraph about each entry, then the factors: pairs down, lengths across. */
    public static String of(FactorTable table) {
        var geometry = table.geometry();
        var summaries = table.entries().stream().map(entry -> TableSummary.of(table, entry)).toList();
        var text = new StringBuilder();
        line(text, "%s: rotary dimension %d, theta %s, original length %d, critical pair %d of %d", table.model(), geometry.rotaryDim(),
                number(geometry.theta()), geometry.originalLength(), geometry.criticalPair(), geometry.pairs());
        table.provenance().forEach(origin -> line(text, "  %s", origin));
        for (int i = 0; i < summaries.size(); i++) {
            text.append('\n');
            entry(text, table.entries().get(i), summaries.get(i));
        }
        text.append('\n');
        factors(text, summaries);
        return text.toString();
    }

    public static String of(TableDifference difference) {
        if (difference.isEmpty()) {
            return "The tables are equal.\n";
        }
        var text = new StringBuilder();
        only(text, "first", difference.onlyInFirst());
        only(text, "second", difference.onlyInSecond());
        for (var entry : difference.shared()) {
            if (entry.isEqual()) {
                line(text, "%d tokens: equal", entry.length());
                continue;
            }
            line(text, "%d tokens: %s, distance %.4f, most at pair %d (ratio %.4f); n̂ %+d, attention factor %+.6f",
                    entry.length(),
                    Plural.of(entry.differingPairs().size(), "pair differs", "pairs differ"), entry.distance(), entry.widestPair(),
                    entry.widestRatio(), entry.startTokens(),
                    entry.attentionFactor());
        }
        return text.toString();
    }

    /** What engines run of each entry and what it measured, beside what the search chose: a line each. */
    public static List<String> exported(FactorTable table) {
        return table.entries().stream().map(entry -> {
            var plain = entry.exportable();
            var line = String.format(Locale.ROOT, "%d tokens: n̂ 0, %s", entry.length(), perplexity(plain));
            return plain.equals(entry.best()) ? line
                    : line + String.format(Locale.ROOT, "; searched with n̂ %d and attention factor %.4f, %s",
                    entry.best().candidate().startTokens(), entry.best().candidate().attentionFactor(), perplexity(entry.best()));
        }).toList();
    }

    private static String perplexity(Measured measured) {
        return measured.perplexity().isPresent() ? String.format(Locale.ROOT, "perplexity %.4f", measured.perplexity().getAsDouble())
                : "perplexity not measured";
    }

    private static void entry(StringBuilder text, TableEntry entry, TableSummary summary) {
        var candidate = entry.best().candidate();
        line(text, "%d tokens (%sx), n̂ %d, attention factor %.6f%s%s", entry.length(),
                number(summary.geometry().extensionRatio(entry.length())), candidate.startTokens(), candidate.attentionFactor(),
                entry.best().perplexity().isPresent()
                ? String.format(Locale.ROOT, ", perplexity %.4f", entry.best().perplexity().getAsDouble()) : "",
                entry.protocol().isEmpty() ? "" : " (" + entry.protocol() + ")");
        entry.withoutStartTokens().ifPresent(plain -> line(text, "  without start tokens%s",
                plain.perplexity().isPresent() ? String.format(Locale.ROOT, ": perplexity %.4f", plain.perplexity().getAsDouble())
                : ": not measured"));
        line(text, "  %s extrapolated, %d mixed, %d interpolated%s; largest factor %s%s%s",
                Plural.of(summary.count(Treatment.EXTRAPOLATED), "pair"),
                summary.count(Treatment.MIXED), summary.count(Treatment.INTERPOLATED),
                summary.count(Treatment.STOPPED) == 0 ? "" : ", " + summary.count(Treatment.STOPPED) + " stopped",
                number(candidate.factors().max()), candidate.factors().isMonotone() ? "" : ", not monotone",
                candidate.factors().isPerLayer() ? ", " + Plural.of(candidate.factors().layers(), "layer") + " (the first is shown)" : "");
        long unseen = summary.pairs().stream().filter(Pair::unseenAngles).count();
        if (unseen > 0) {
            line(text, "  %s angles never seen in training",
                    Plural.of(unseen, "pair from the critical one on reaches", "pairs from the critical one on reach"));
        }
        line(text, "  distance to known methods: %s", summary.distances().entrySet().stream()
                .map(method -> String.format(Locale.ROOT, "%s %.3f", method.getKey(), method.getValue()))
                .collect(Collectors.joining(", ")));
    }

    private static void factors(StringBuilder text, List<TableSummary> summaries) {
        line(text, "pair  wavelength  turns in window%s", summaries.stream()
                .map(summary -> String.format(Locale.ROOT, "  %10d", summary.length())).collect(Collectors.joining()));
        var geometry = summaries.get(0).geometry();
        for (int i = 0; i < geometry.pairs(); i++) {
            int pair = i;
            line(text, "%4d  %10s  %15s%s%s", i, number(geometry.wavelength(i)), number(geometry.originalLength() / geometry.wavelength(i)),
                    summaries.stream().map(summary -> String.format(Locale.ROOT, "  %10s", number(summary.pairs().get(pair).factor())))
                            .collect(Collectors.joining()),
                    i == geometry.criticalPair() ? "  < critical" : "");
        }
    }

    private static void only(StringBuilder text, String which, List<Integer> lengths) {
        if (!lengths.isEmpty()) {
            line(text, "only in the %s: %s", which, lengths.stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
    }

    /** Up to three decimals, without trailing zeros; very large and very small ones with an exponent. */
    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return "inf";
        }
        if (value != 0 && (value >= 1e7 || value < 1e-3)) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        return String.format(Locale.ROOT, "%.3f", value).replaceFirst("\\.?0+$", "");
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
