package io.longrope.progressive.stage;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.ModelReference;

import java.util.Optional;

/**
 * A checkpoint, other than the job's own, whose losses say which tokens are key.
 *
 * @param reference how workers are told of it
 * @param config    what it is
 */
public record EvaluatorModel(ModelReference reference, ModelConfig config) {

    public EvaluatorModel {
        Require.present(reference, "evaluator.reference");
        Require.present(config, "evaluator.config");
    }

    /** @param method a known one; empty = what its config.json says */
    Candidate candidate(Optional<String> method, int length) {
        return method.map(name -> KnownMethods.candidate(name, config.rope(), length)).orElseGet(() -> config.candidate(length));
    }

    /** Finds checkpoints by their paths below the workers' models root. */
    @FunctionalInterface
    public interface Checkpoints {

        /** @throws io.longrope.search.problem.BadInput when there is none, or it is broken */
        EvaluatorModel at(String path);
    }
}
