package io.longrope.progressive.stage;

/**
 * What one search spent on its candidates; the choice among its finalists comes on top.
 *
 * @param evaluations candidates scored; two per candidate where it is scored at two lengths
 * @param stopped     of these, those that racing ended early
 * @param tokens      tokens run through the model for them, the measure of cost
 */
public record SearchCost(String stage, int length, int evaluations, int stopped, long tokens) {
}
