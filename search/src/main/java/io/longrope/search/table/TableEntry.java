package io.longrope.search.table;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.Optional;

/**
 * What a search found for one length.
 *
 * @param length             tokens, at least 1
 * @param best               the candidate chosen
 * @param withoutStartTokens the best candidate that inference engines can run: n̂ = 0, one row for all layers and, where engines
 *                           know one attention factor for several lengths, that one; empty when the chosen one can be run itself or none
 *                           was measured
 * @param protocol           how both perplexities were measured: text, share, samples, window; may be empty
 */
@JsonInclude
public record TableEntry(int length, Measured best, Optional<Measured> withoutStartTokens, String protocol) {

    public TableEntry {
        Require.atLeast(1, length, "length");
        Require.present(best, "best");
        Require.present(withoutStartTokens, "withoutStartTokens");
        withoutStartTokens.ifPresent(measured -> Require.that(measured.candidate().startTokens() == 0, "withoutStartTokens.startTokens",
                "must be 0", measured.candidate().startTokens()));
        Require.present(protocol, "protocol");
    }

    public static TableEntry of(int length, Measured best) {
        return new TableEntry(length, best, Optional.empty(), "");
    }

    /** The candidate for an engine: measured if one was, else the chosen factors, of each layer where they are, with n̂ = 0. */
    public Measured exportable() {
        return withoutStartTokens.orElseGet(() -> best.candidate().startTokens() == 0 ? best
                : Measured.unmeasured(best.candidate().withStartTokens(0)));
    }

    /** The candidate with one row for all layers: the chosen one, or where its layers differ what engines run of it. */
    public Candidate shared() {
        var chosen = best.candidate();
        return chosen.factors().isPerLayer() ? exportable().candidate().forEngines() : chosen;
    }
}
