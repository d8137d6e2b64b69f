package io.longrope.progressive.plan;

import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;

import java.util.List;
import java.util.Optional;

/** What a plan names but does not hold, checkpoints and texts, as far as the reader's machine can see them, and what must hold of both. */
public interface PlanSurroundings {

    /** Takes every plan that can be read: for those that were checked when they were handed in. */
    PlanSurroundings TRUSTED = new PlanSurroundings() { };

    /**
     * The geometry of a checkpoint below the models root; empty where checkpoints cannot be seen from here.
     *
     * @throws io.longrope.search.problem.BadInput when it is missing or cannot be used
     */
    default Optional<RopeGeometry> geometry(String model) {
        return Optional.empty();
    }

    /** @throws io.longrope.search.problem.BadInput when the text below the data root is missing or cannot be used */
    default void checkText(String text) {
        // where texts cannot be seen, every one is taken to be there
    }

    /** Everything that keeps a plan whose keys are right from running to its end. */
    default List<Problem> check(JobPlan plan) {
        return List.of();
    }
}
