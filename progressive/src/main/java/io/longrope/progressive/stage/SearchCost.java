package io.longrope.progressive.stage;

import com.fasterxml.jackson.annotation.JacksonInject;
import io.longrope.search.json.Json;

/**
 * What one search spent on its candidates; the choice among its finalists comes on top.
 *
 * @param evaluations candidates scored; two per candidate where it is scored at two lengths
 * @param stopped     of these, those that racing or a ladder ended early
 * @param tokens      tokens run through the model for them
 * @param operations  floating-point operations of that: tokens of longer samples cost more each; 0 in records of builds that did not count
 */
public record SearchCost(String stage, int length, int evaluations, int stopped, long tokens,
                         @JacksonInject(Json.ZERO_LEFT_OUT) double operations) {
}
