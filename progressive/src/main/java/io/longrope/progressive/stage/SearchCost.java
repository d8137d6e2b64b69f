package io.longrope.progressive.stage;

import io.longrope.search.evolution.SearchResult;

/**
 * What one search spent on its candidates; the choice among its finalists comes on top.
 *
 * @param evaluations candidates scored
 * @param stopped     of these, those that racing ended early
 * @param tokens      tokens run through the model for them, the measure of cost
 */
public record SearchCost(String stage, int length, int evaluations, int stopped, long tokens) {

    static SearchCost of(String stage, int length, SearchResult result) {
        return new SearchCost(stage, length, result.evaluations(), result.stopped(), result.tokens());
    }
}
