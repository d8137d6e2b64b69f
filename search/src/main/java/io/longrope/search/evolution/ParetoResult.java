package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.List;

/**
 * How a search of two wishes ended.
 *
 * @param front       the candidates no other one scored beats at one length without losing at the other, by ascending loss
 *                    at the long length; at least one
 * @param finalists   those of the front to be compared on samples the search never saw: both ends, and between them the
 *                    ones that leave the widest gaps; in the order of the front
 * @param evaluations spent, two per candidate
 * @param tokens      evaluated
 * @param generations scored after the first population
 * @param end         why it ended
 */
public record ParetoResult(List<Member> front, List<Member> finalists, int evaluations, long tokens, int generations, SearchResult.End end) {

    /** A candidate and its losses on the samples of the search. */
    public record Member(Candidate candidate, double longLoss, double shortLoss) {
    }

    public ParetoResult {
        front = List.copyOf(front);
        finalists = List.copyOf(finalists);
        Require.that(!front.isEmpty() && !finalists.isEmpty(), "result.front", "must not be empty", front);
    }
}
