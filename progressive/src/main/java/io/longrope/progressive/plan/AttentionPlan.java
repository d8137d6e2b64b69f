package io.longrope.progressive.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.AttentionRange;

import java.util.Optional;

/**
 * What a plan says of the attention factor.
 *
 * @param rule     how it follows from the extension ratio, or its fixed value; empty where it is searched
 * @param searched what is searched; empty where a rule gives it
 */
public record AttentionPlan(Optional<AttentionTemperature> rule, Optional<AttentionRange> searched) {

    static final String FORM = "su, yarn, none, a number above 0, or [smallest, largest] to search it";

    private static final double STEP = 0.01;

    public AttentionPlan {
        Require.that(rule.isPresent() != searched.isPresent(), "attention", "must be " + FORM, "neither or both");
    }

    public static AttentionPlan of(AttentionTemperature rule) {
        return new AttentionPlan(Optional.of(rule), Optional.empty());
    }

    /** Searched on a grid of 0.01. */
    public static AttentionPlan searched(double smallest, double largest) {
        return new AttentionPlan(Optional.empty(), Optional.of(new AttentionRange(smallest, largest, STEP)));
    }

    /** A single factor at every length, or a range: no rule that goes by the extension ratio. */
    public boolean isSameAtEveryLength() {
        return rule.filter(found -> found.rule() != AttentionTemperature.Rule.CONSTANT).isEmpty();
    }

    /** What a search may try at a length. */
    public AttentionRange at(RopeGeometry geometry, int length) {
        return searched.orElseGet(() -> AttentionRange.fixed(rule.orElseThrow().factor(geometry, length)));
    }

    static Optional<AttentionPlan> read(JsonNode value) {
        try {
            if (!value.isArray()) {
                return Optional.of(of(AttentionTemperature.parse(value.asText())));
            }
            boolean numbers = value.size() == 2 && value.get(0).isNumber() && value.get(1).isNumber();
            return numbers ? Optional.of(searched(value.get(0).doubleValue(), value.get(1).doubleValue())) : Optional.empty();
        } catch (BadInput e) {
            return Optional.empty();
        }
    }

    JsonNode toTree() {
        var nodes = JsonNodeFactory.instance;
        return searched.<JsonNode>map(range -> nodes.arrayNode().add(range.lower()).add(range.upper()))
                .orElseGet(() -> nodes.textNode(rule.orElseThrow().toString()));
    }
}
