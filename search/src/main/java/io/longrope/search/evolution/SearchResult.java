package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * How a search ended.
 *
 * @param scored      every trial with what it gave, by number
 * @param front       the trials that no other one beats at one objective without losing at another, by ascending loss of the first
 *                    objective; of one objective the best alone
 * @param finalists   at least one, to be compared on samples the search never saw, where the winner should be chosen. Of one objective the
 *                    best distinct candidates, best first; of two those of the front that leave the widest gaps, its ends first among
 *                    them, in the order of the front. All were measured on every search sample.
 * @param evaluations spent, one per trial and objective
 * @param stopped     trials that racing ended early
 * @param tokens      tokens evaluated
 * @param generations generations scored after the first population
 * @param end         why it ended
 */
public record SearchResult(List<Scored> scored, List<Scored> front, List<Scored> finalists, int evaluations, int stopped, long tokens,
                           int generations, End end) {

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

    public SearchResult {
        scored = List.copyOf(scored);
        front = List.copyOf(front);
        finalists = List.copyOf(finalists);
        Require.that(!finalists.isEmpty() && !front.isEmpty(), "result.finalists", "must not be empty", finalists);
    }

    public Scored best() {
        return finalists.get(0);
    }
}
