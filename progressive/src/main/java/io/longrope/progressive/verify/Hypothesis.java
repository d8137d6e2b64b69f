package io.longrope.progressive.verify;

import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;

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
     * All that is likely, the table first. Start tokens are left out: no engine knows them.
     *
     * @param length tokens of the prompt, beyond the original length
     */
    static List<Hypothesis> of(FactorTable table, int length) {
        var geometry = table.geometry();
        var ours = table.entryFor(length).orElseThrow().exportable().candidate();
        var hypotheses = new ArrayList<>(List.of(new Hypothesis(State.IN_FORCE, "the table", ours)));
        add(hypotheses, new Hypothesis(State.IGNORED, "no table", Candidate.original(geometry.pairs())));
        table.entryFor(geometry.originalLength()).ifPresent(entry -> add(hypotheses, new Hypothesis(State.OTHER_FACTORS,
                "the factors for short texts", entry.exportable().candidate())));
        for (var entry : table.entries()) {
            if (entry.length() > geometry.originalLength()) {
                add(hypotheses, new Hypothesis(State.OTHER_FACTORS, "the table's entry for " + entry.length(),
                        entry.exportable().candidate()));
            }
        }
        int longest = table.longest().length();
        for (double factor : new double[] {1, AttentionTemperature.longrope().factor(geometry, longest),
            AttentionTemperature.yarn().factor(geometry, longest), ours.attentionFactor() * ours.attentionFactor()}) {
            add(hypotheses, withTemperature(ours, factor));
        }
        return hypotheses;
    }

    /** Unless it is one of those known: an engine's file may hold the same factors for short and long texts. */
    private static void add(List<Hypothesis> known, Hypothesis hypothesis) {
        var one = hypothesis.candidate;
        if (known.stream().map(Hypothesis::candidate).noneMatch(other -> other.factors().equals(one.factors())
                && Math.abs(other.attentionFactor() - one.attentionFactor()) < DISTINCT)) {
            known.add(hypothesis);
        }
    }

    static Hypothesis withTemperature(Candidate ours, double factor) {
        return new Hypothesis(State.OTHER_TEMPERATURE, String.format(Locale.ROOT, "the table with attention factor %.4f instead of %.4f",
                factor, ours.attentionFactor()), new Candidate(ours.factors(), 0, factor));
    }
}
