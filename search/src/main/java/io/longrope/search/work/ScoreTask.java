package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One candidate on one sample: the loss of an objective.
 *
 * @param model      the checkpoint
 * @param sample     what is read
 * @param objective  what is measured on it
 * @param candidate  what is tried
 * @param window     tokens the model sees at once, at least 2, which moves over the sample by a quarter of itself: what crop reads;
 *                   empty = the sample whole. Part of ids only where it is there
 * @param arithmetic how it is computed
 */
public record ScoreTask(ModelReference model, Sample sample, Objective objective, Candidate candidate, OptionalInt window,
                        Arithmetic arithmetic) implements Task {

    public ScoreTask(ModelReference model, Sample sample, Objective objective, Candidate candidate,
                     @JacksonInject(Json.NUMBER_LEFT_OUT) OptionalInt window, Arithmetic arithmetic) {
        Require.present(model, "score.model");
        Require.present(sample, "score.sample");
        Require.present(objective, "score.objective");
        Require.present(candidate, "score.candidate");
        Require.present(window, "score.window");
        window.ifPresent(tokens -> Require.atLeast(2, tokens, "score.window"));
        Require.present(arithmetic, "score.arithmetic");
        this.model = model;
        this.sample = sample;
        this.objective = objective;
        this.candidate = candidate;
        this.window = window;
        this.arithmetic = arithmetic;
    }

    /** One that reads the sample whole. */
    public static ScoreTask whole(ModelReference model, Sample sample, Objective objective, Candidate candidate, Arithmetic arithmetic) {
        return new ScoreTask(model, sample, objective, candidate, OptionalInt.empty(), arithmetic);
    }

    /** Needles are drawn with the sample's seed and its number, so these decide their scores; of other objectives the tokens do. */
    @Override
    public TaskId id() {
        var question = TaskId.question("score", model, candidate, arithmetic);
        question.put("sample", sample.fingerprint());
        question.put("objective", objective);
        window.ifPresent(tokens -> question.put("window", tokens));
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
        return "score of " + sample.length() + " tokens" + (window.isPresent() ? " in windows of " + window.getAsInt() : "");
    }

    @Override
    public <T, X extends Exception> T as(Kinds<T, X> kinds) throws X {
        return kinds.score(this);
    }
}
