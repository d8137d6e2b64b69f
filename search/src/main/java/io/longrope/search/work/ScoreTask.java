package io.longrope.search.work;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.Optional;

/**
 * One candidate on one sample: the loss of an objective.
 *
 * @param model      the checkpoint
 * @param sample     what is read
 * @param objective  what is measured on it
 * @param candidate  what is tried
 * @param arithmetic how it is computed
 */
public record ScoreTask(ModelReference model, Sample sample, Objective objective, Candidate candidate, Arithmetic arithmetic)
        implements Task {

    public ScoreTask {
        Require.present(model, "score.model");
        Require.present(sample, "score.sample");
        Require.present(objective, "score.objective");
        Require.present(candidate, "score.candidate");
        Require.present(arithmetic, "score.arithmetic");
    }

    /** Needles are drawn with the sample's seed and its number, so these decide their scores; of other objectives the tokens do. */
    @Override
    public TaskId id() {
        var question = TaskId.question("score", model, candidate, arithmetic);
        question.put("sample", sample.fingerprint());
        question.put("objective", objective);
        if (objective == Objective.NEEDLE) {
            question.put("seed", sample.seed());
            question.put("index", sample.index());
        }
        return TaskId.of(question);
    }

    @Override
    public TaskClass taskClass() {
        return TaskClass.SCORE;
    }

    @Override
    public Optional<ModelReference> needs() {
        return Optional.of(model);
    }

    @Override
    public String describe() {
        return "score of " + sample.length() + " tokens";
    }

    @Override
    public <T, X extends Exception> T as(Kinds<T, X> kinds) throws X {
        return kinds.score(this);
    }
}
