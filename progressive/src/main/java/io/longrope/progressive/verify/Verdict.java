package io.longrope.progressive.verify;

import io.longrope.progressive.report.TextTable;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What comparisons say of a table on a server.
 *
 * @param comparisons the nearest first
 * @param near        nats that count as the same
 */
public record Verdict(List<Comparison> comparisons, double near) {

    /** A second hypothesis must be this many times as far for the first to be the only one. */
    private static final double CLEARLY = 2;

    public Verdict {
        comparisons = List.copyOf(comparisons);
    }

    public boolean isInForce() {
        return isNear() && isClear() && best().hypothesis().state() == Hypothesis.State.IN_FORCE;
    }

    /** In one sentence. */
    public String sentence() {
        if (!isNear()) {
            return String.format(Locale.ROOT, "unknown: nothing comes nearer than %.4f nats, more than %.4f; another model, a quantized"
                    + " one (give a larger --tolerance), or positions turned in a way that is not among these", best().difference(), near);
        }
        if (!isClear()) {
            return "not told apart: " + best().hypothesis().name() + " and " + rival().orElseThrow().hypothesis().name()
                    + " both fit; ask with a longer --length";
        }
        return switch (best().hypothesis().state()) {
            case IN_FORCE -> "in force: the server runs " + best().hypothesis().name();
            case IGNORED -> "ignored: the server runs the model as it was trained";
            case OTHER_TEMPERATURE -> "other temperature: the server runs " + best().hypothesis().name();
            case OTHER_FACTORS -> "other factors: the server runs " + best().hypothesis().name();
        };
    }

    /** Nats beside the server's, of each hypothesis. */
    public TextTable table() {
        return new TextTable(List.of("if the server runs", "tokens", "nats apart"), comparisons.stream().map(comparison -> List.of(
                comparison.hypothesis().name(), Integer.toString(comparison.positions()),
                String.format(Locale.ROOT, "%.4f", comparison.difference()))).toList());
    }

    private Comparison best() {
        return comparisons.get(0);
    }

    private boolean isNear() {
        return best().difference() <= near;
    }

    private boolean isClear() {
        return rival().map(rival -> rival.difference() >= CLEARLY * best().difference()).orElse(true);
    }

    /** The nearest that would mean something else. */
    private Optional<Comparison> rival() {
        return comparisons.stream().filter(comparison -> comparison.hypothesis().state() != best().hypothesis().state()).findFirst();
    }
}
