package io.longrope.progressive.stage;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.SampleShare;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the checkpoint, the texts and the devices of a job really are, as far as is known where its plan is checked. What is not
 * known is empty, and nothing is refused because of it.
 *
 * @param config          of the base checkpoint
 * @param shortestNeedle  tokens that hold any needle's prompt with its tokenizer
 * @param shortestPrompts tokens that hold the question of each kind and its answer
 * @param evaluation      how much the evaluation text holds
 * @param trainingTokens  of the training text
 * @param memory          what does not fit the device that will do it, by the stage's name, as
 *                        {@link io.longrope.progressive.plan.PlanMemory} tells; a stage that is not in it fits, or was not asked
 */
public record PlanFacts(Optional<ModelConfig> config, OptionalInt shortestNeedle, Map<Retrieval, Integer> shortestPrompts,
                        Optional<Rooms> evaluation, OptionalLong trainingTokens, Map<String, Problem> memory) {

    /** What a text has room for. */
    @FunctionalInterface
    public interface Rooms {

        /** How many windows of that many tokens, which do not overlap, a share has room for. */
        long room(SampleShare share, int window);
    }

    /** Where neither checkpoint nor text can be seen. */
    public static final PlanFacts UNSEEN = new PlanFacts(Optional.empty(), OptionalInt.empty(), Map.of(), Optional.empty(),
            OptionalLong.empty(), Map.of());

    public PlanFacts {
        Require.present(config, "config");
        Require.present(shortestNeedle, "shortestNeedle");
        shortestPrompts = Map.copyOf(shortestPrompts);
        Require.present(evaluation, "evaluation");
        Require.present(trainingTokens, "trainingTokens");
        memory = Map.copyOf(memory);
    }

    /** Of a checkpoint alone. */
    public static PlanFacts of(ModelConfig config) {
        return new PlanFacts(Optional.of(config), OptionalInt.empty(), Map.of(), Optional.empty(), OptionalLong.empty(),
                Map.of());
    }

    /** The same with what is known of memory. */
    public PlanFacts withMemory(Map<String, Problem> memory) {
        return new PlanFacts(config, shortestNeedle, shortestPrompts, evaluation, trainingTokens, memory);
    }
}
