package io.longrope.progressive.plan;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.problem.BadInput;

/** Tells the keys of a plan whose values follow from its other keys, such as the seed of a fine-tune from that of the job. */
public final class DerivedKeys {

    private final JsonNode plan;

    public DerivedKeys(JobPlan plan) {
        this.plan = plan.toTree();
    }

    /** Whether the plan would be the same without the key. */
    public boolean contains(JsonPointer key) {
        var without = plan.deepCopy();
        if (!(without.at(key.head()) instanceof ObjectNode section) || section.remove(key.last().getMatchingProperty()) == null) {
            return false;
        }
        try {
            return JobPlan.fromTree(without).toTree().equals(plan);
        } catch (BadInput e) {
            // nothing can stand in its place
            return false;
        }
    }
}
