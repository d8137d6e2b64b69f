package io.longrope.progressive.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import java.util.Map;
import java.util.Optional;

import io.longrope.progressive.plan.SearchPlan;
import io.longrope.search.work.Objective;

/** A stage that leaves tables: its record holds all it came to, so one that was done is not done again. */
sealed interface SearchingStage extends Stage permits SearchStage, RecoveryStage {

    @Override
    default Optional<String> evaluator() {
        return search().objective() == Objective.LONGPPL ? search().evaluator() : Optional.empty();
    }

    /** How it searches. */
    SearchPlan search();

    /** Whether the model's gradient can be found, where the search asks for it. */
    default void checkSlopes(PlanCheck check, int length) {
        if (search().asksForSlopes()) {
            check.facts().config().ifPresent(config -> check.noting(() -> config.requireDifferentiable("algorithm", length)));
        }
    }

    @Override
    default Map<String, Object> outcome(StageContext context, CheckpointNames names) {
        return SearchOutcome.of(context.findings(), plan().name());
    }

    @Override
    default boolean isRestoredFromRecord() {
        return true;
    }

    @Override
    default void restore(StageContext context, JsonNode outcome) throws JsonProcessingException {
        SearchOutcome.restore(context.findings(), this, outcome);
    }
}
