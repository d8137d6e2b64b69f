package io.longrope.progressive.verify;

import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.TableEntry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a server may be running.
 *
 * @param state what it would mean for the table
 */
public record Hypothesis(State state, String name, Candidate candidate) {

    /** What became of a table. */
    public enum State {
        IN_FORCE, IGNORED, OTHER_TEMPERATURE, OTHER_FACTORS
    }

    private static final double DISTINCT = 1e-3;

    /**
     * All that is likely, the entry for the length first. Any entry that reaches so far is the table in force: engines keep one beyond the
     * original length, most often the longest, at all lengths. Start tokens are left out: no engine knows them.
     *
     * @param length tokens of the prompt, beyond the original length
     */
    static List<Hypothesis> of(FactorTable table, int length) {
        var geometry = table.geometry();
        var entries = table.entries().stream().filter(entry -> entry.length() > geometry.originalLength()).toList();
        var inForce = new ArrayList<Hypothesis>();
        for (var entry : entries) {
            if (entry.length() >= length) {
                add(inForce, new Hypothesis(State.IN_FORCE, name(entry, entries.size()), entry.exportable().candidate()));
            }
        }
        var hypotheses = new ArrayList<>(inForce);
        add(hypotheses, new Hypothesis(State.IGNORED, "no table", Candidate.original(geometry.pairs())));
        table.entryFor(geometry.originalLength()).ifPresent(entry -> add(hypotheses, new Hypothesis(State.OTHER_FACTORS,
                "the factors for short texts", entry.exportable().candidate())));
        for (var entry : entries) {
            add(hypotheses, new Hypothesis(State.OTHER_FACTORS, name(entry, entries.size()), entry.exportable().candidate()));
        }
        // between the entry for the length and the longest nobody keeps one with a temperature of its own
        int longest = table.longest().length();
        for (var entry : List.of(inForce.get(0), inForce.get(inForce.size() - 1))) {
            double own = entry.candidate.attentionFactor();
            for (double factor : new double[] {1, AttentionTemperature.longrope().factor(geometry, longest),
                AttentionTemperature.yarn().factor(geometry, longest), own * own}) {
                add(hypotheses, entry.withTemperature(factor));
            }
        }
        return hypotheses;
    }

    private static String name(TableEntry entry, int entries) {
        return entries == 1 ? "the table" : "the table's entry for " + entry.length();
    }

    /** Unless it is one of those known: an engine's file may hold the same factors for short and long texts. */
    private static void add(List<Hypothesis> known, Hypothesis hypothesis) {
        var one = hypothesis.candidate;
        if (known.stream().map(Hypothesis::candidate).noneMatch(other -> other.factors().equals(one.factors())
                && Math.abs(other.attentionFactor() - one.attentionFactor()) < DISTINCT)) {
            known.add(hypothesis);
        }
    }

    /** The same factors under another attention factor. */
    Hypothesis withTemperature(double factor) {
        return new Hypothesis(State.OTHER_TEMPERATURE, String.format(Locale.ROOT, "%s with attention factor %.4f instead of %.4f", name,
                factor, candidate.attentionFactor()), new Candidate(candidate.factors(), 0, factor));
    }
}
