package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.DynamicLongRope;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The searched factors of one model by length, ready for export.
 *
 * @param model      names the model the factors belong to
 * @param geometry   its rotary embedding before extension
 * @param entries    one per length, ascending; at least one
 * @param provenance where the factors come from, a line each
 */
public record FactorTable(String model, RopeGeometry geometry, List<TableEntry> entries, List<String> provenance) {

    public FactorTable {
        Require.notBlank(model, "model");
        Require.present(geometry, "geometry");
        entries = List.copyOf(Require.present(entries, "entries"));
        provenance = List.copyOf(Require.present(provenance, "provenance"));
        Require.that(!entries.isEmpty(), "entries", "must not be empty", "none");
        for (int i = 0; i < entries.size(); i++) {
            var entry = entries.get(i);
            requirePairs(geometry, entry.best(), "entries[" + i + "].best");
            if (entry.withoutStartTokens().isPresent()) {
                requirePairs(geometry, entry.withoutStartTokens().get(), "entries[" + i + "].withoutStartTokens");
            }
            Require.that(i == 0 || entries.get(i - 1).length() < entry.length(), "entries[" + i + "].length",
                    "must be greater than the one before", entry.length());
        }
    }

    /**
     * What to run at a length: the entry of the smallest searched length that holds it. Up to the original length only
     * an entry of the original length or shorter (a recovery) counts, otherwise positions stay as trained.
     *
     * @throws BadInput when the length is beyond the largest entry
     */
    public Candidate forLength(int length) {
        return entryFor(length).map(entry -> entry.best().candidate()).orElseGet(() -> Candidate.original(geometry.pairs()));
    }

    /** The entry {@link #forLength} uses; empty where positions stay as trained. */
    public Optional<TableEntry> entryFor(int length) {
        Require.atLeast(1, length, "length");
        var entry = entries.stream().filter(candidate -> candidate.length() >= length).findFirst();
        if (length <= geometry.originalLength()) {
            return entry.filter(recovery -> recovery.length() <= geometry.originalLength());
        }
        if (entry.isEmpty()) {
            throw new BadInput("length", "must be at most " + longest().length() + ", the longest in the table", length,
                    "search at that length first");
        }
        return entry;
    }

    /**
     * For a deployment that keeps one table at all lengths, the one for the window it really uses: the entry of that length, or,
     * where there is none, what lies between the two around it, ln λ and attention factor by ln length, as engines run them
     * (n̂ = 0). Below the shortest entry stands the model as trained. What a recovery found for the original length or less stays.
     *
     * @param window tokens, beyond the original length
     * @throws BadInput when it is beyond the largest entry, or not beyond the original length
     */
    public FactorTable forWindow(int window) {
        if (window <= geometry.originalLength()) {
            throw new BadInput("window", "must be beyond the original length of " + Plural.of(geometry.originalLength(), "token"), window,
                    "up to it the model needs no table");
        }
        var upper = entryFor(window).orElseThrow();
        var lines = new ArrayList<>(provenance);
        var kept = new ArrayList<>(entries.stream().filter(entry -> entry.length() <= geometry.originalLength()).toList());
        if (upper.length() == window) {
            kept.add(upper);
            lines.add("the entry for " + window);
        } else {
            var lower = entries.stream().filter(entry -> entry.length() > geometry.originalLength() && entry.length() < window)
                    .reduce((first, second) -> second);
            int from = lower.map(TableEntry::length).orElse(geometry.originalLength());
            var start = lower.map(entry -> entry.exportable().candidate()).orElseGet(() -> Candidate.original(geometry.pairs()));
            kept.add(TableEntry.of(window, Measured.unmeasured(start.towards(upper.exportable().candidate(),
                    StrictMath.log((double) window / from) / StrictMath.log((double) upper.length() / from)))));
            lines.add("for " + window + " between "
                    + lower.map(entry -> "the entry for " + from).orElse("positions as trained, " + from + ",")
                    + " and that for " + upper.length() + ": ln λ and attention factor by ln length, not measured");
        }
        return new FactorTable(model, geometry, kept, lines);
    }

    /** The entry of the greatest length. */
    public TableEntry longest() {
        return entries.get(entries.size() - 1);
    }

    /** The longest entry's factors, fitted to each length in between. */
    public DynamicLongRope dynamic(AttentionTemperature temperature) {
        return new DynamicLongRope(longest().best().candidate().factors(), longest().length(), temperature);
    }

    /**
     * What is run at one length, as a table of its own: by {@link #forLength}, or in the dynamic form.
     *
     * @throws BadInput when the length is beyond the largest entry
     */
    public FactorTable at(int length, boolean dynamically) {
        var dynamic = dynamic(AttentionTemperature.longrope());
        var candidate = dynamically ? new Candidate(dynamic.factors(geometry, length), 0, dynamic.attentionFactor(geometry, length))
                : forLength(length);
        var lines = new ArrayList<>(provenance);
        lines.add(dynamically ? "the entry for " + longest().length() + " fitted to " + length + ": 1 + (λ - 1) (S/L - 1) / (s - 1)"
                : entryFor(length).map(entry -> "the entry for " + entry.length())
                .orElse("positions as trained") + ", which serves " + length);
        return new FactorTable(model, geometry, List.of(TableEntry.of(length, Measured.unmeasured(candidate))), lines);
    }

    private static void requirePairs(RopeGeometry geometry, Measured measured, String name) {
        int pairs = measured.candidate().factors().pairs();
        Require.that(pairs == geometry.pairs(), name + ".factors", "must be " + geometry.pairs() + ", half the rotary dimension", pairs);
    }
}
