package io.longrope.progressive.plan;

import io.longrope.search.rope.RopeGeometry;

import java.util.Optional;
import java.util.OptionalInt;

/** What a plan names but does not hold: checkpoints and texts, as far as the reader's machine can see them. */
public interface PlanSurroundings {

    /** Sees nothing, and so accepts every name. */
    PlanSurroundings UNSEEN = new PlanSurroundings() {
        @Override
        public Optional<RopeGeometry> geometry(String model) {
            return Optional.empty();
        }

        @Override
        public void checkText(String text) {
            // every text is taken to be there
        }
    };

    /**
     * The geometry of a checkpoint below the models root; empty where checkpoints cannot be seen from here.
     *
     * @throws io.longrope.search.problem.BadInput when it is missing or cannot be used
     */
    Optional<RopeGeometry> geometry(String model);

    /**
     * The fewest tokens that hold any needle's prompt in the tokens of a checkpoint; empty where checkpoints cannot be seen from here.
     *
     * @throws io.longrope.search.problem.BadInput when the checkpoint's tokenizer cannot be used
     */
    default OptionalInt shortestNeedle(String model) {
        return OptionalInt.empty();
    }

    /** @throws io.longrope.search.problem.BadInput when the text below the data root is missing or cannot be used */
    void checkText(String text);
}
