package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.List;

/**
 * How a search ended.
 *
 * @param finalists   the best distinct candidates, best first, at least one. All were scored on every search sample; the
 *                    winner should be chosen among them on samples the search never saw.
 * @param evaluations candidates scored
 * @param stopped     of these, those that racing ended early
 * @param tokens      tokens evaluated
 * @param generations generations scored after the first population
 * @param end         why it ended
 */
public record SearchResult(List<Finalist> finalists, int evaluations, int stopped, long tokens, int generations, End end) {

    /** Why a search ended. */
    public enum End {
        GENERATIONS("all generations done"),
        EVALUATIONS("evaluation budget spent"),
        TOKENS("token budget spent"),
        PATIENCE("no gain for as many generations as patience allows"),
        EXHAUSTED("no untried candidate left");

        private final String reason;

        End(String reason) {
            this.reason = reason;
        }

        /** For a log line. */
        public String reason() {
            return reason;
        }
    }

    /** A candidate and its search loss. */
    public record Finalist(Candidate candidate, double loss) {
    }

    public SearchResult {
        finalists = List.copyOf(finalists);
        Require.that(!finalists.isEmpty(), "result.finalists", "must not be empty", finalists);
    }

    public Finalist best() {
        return finalists.get(0);
    }
}
