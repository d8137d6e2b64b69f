package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * One candidate on one sample: the loss of an objective.
 *
 * @param model      the checkpoint
 * @param sample     what is read
 * @param objective  what is measured on it
 * @param candidate  what is tried
 * @param window     tokens the model sees at once, at least 2, which moves over the sample by a quarter of itself: what crop reads;
 *                   empty = the sample whole. Part of ids only where it is there
 * @param borders    where losses are told by position too: the positions before which the bins end, ascending, from 2 to the length of
 *                   the sample; the first bin begins at position 1. Empty = the mean alone. Part of ids only where there are some
 * @param keys       of LongPPL the positions of the tokens that count, ascending, from 1 to before the length of the sample; empty for
 *                   every other objective. They decide the loss, so they are part of ids where they are there
 * @param gradient   whether the derivatives of the mean by the factors are told too, for a perplexity of the sample whole under factors
 *                   that are the same for all layers. The loss is then found with them, on a way of its own that rounds otherwise, so that
 *                   it is part of ids where it is true
 * @param arithmetic how it is computed
 */
public record ScoreTask(ModelReference model, Sample sample, Objective objective, Candidate candidate, OptionalInt window,
                        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> borders,
                        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> keys,
                        @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean gradient, Arithmetic arithmetic) implements Task {

    /**
     * What a loss with its gradient costs, in passes over the sample: one forward, another in which every layer is computed again, and the
     * way back, which finds no gradient of a weight and so takes about as much as one.
     */
    public static final int GRADIENT_PASSES = 3;

    public ScoreTask(ModelReference model, Sample sample, Objective objective, Candidate candidate,
                     @JacksonInject(Json.NUMBER_LEFT_OUT) OptionalInt window, @JacksonInject(Json.LIST_LEFT_OUT) List<Integer> borders,
                     @JacksonInject(Json.LIST_LEFT_OUT) List<Integer> keys, @JacksonInject(Json.FLAG_LEFT_OUT) boolean gradient,
                     Arithmetic arithmetic) {
        Require.present(model, "score.model");
        Require.present(sample, "score.sample");
        Require.present(objective, "score.objective");
        Require.present(candidate, "score.candidate");
        Require.present(window, "score.window");
        window.ifPresent(tokens -> Require.atLeast(2, tokens, "score.window"));
        requireBorders(Require.present(borders, "score.borders"), sample, objective);
        requireKeys(Require.present(keys, "score.keys"), sample, objective);
        Require.that(!gradient || objective == Objective.PERPLEXITY && window.isEmpty() && borders.isEmpty()
                        && candidate.factors().layers() == 1, "score.gradient",
                "must be asked of the perplexity of a sample read whole, its mean alone, under factors that are the same for all layers",
                "asked of another score");
        Require.present(arithmetic, "score.arithmetic");
        this.model = model;
        this.sample = sample;
        this.objective = objective;
        this.candidate = candidate;
        this.window = window;
        this.borders = List.copyOf(borders);
        this.keys = List.copyOf(keys);
        this.gradient = gradient;
        this.arithmetic = arithmetic;
    }

    /** Without its gradient. */
    public ScoreTask(ModelReference model, Sample sample, Objective objective, Candidate candidate, OptionalInt window,
                     List<Integer> borders, List<Integer> keys, Arithmetic arithmetic) {
        this(model, sample, objective, candidate, window, borders, keys, false, arithmetic);
    }

    private static void requireBorders(List<Integer> borders, Sample sample, Objective objective) {
        if (borders.isEmpty()) {
            return;
        }
        Require.that(objective == Objective.PERPLEXITY, "score.borders", "must be empty unless all tokens of the text are predicted",
                "objective " + objective.quantity());
        boolean ascends = IntStream.range(1, borders.size()).allMatch(i -> borders.get(i - 1) < borders.get(i));
        Require.that(ascends && borders.get(0) >= 2 && borders.get(borders.size() - 1) <= sample.length(), "score.borders",
                "must ascend from 2 or more to at most the sample's length, " + sample.length(), borders);
    }

    private static void requireKeys(List<Integer> keys, Sample sample, Objective objective) {
        Require.that(keys.isEmpty() == (objective != Objective.LONGPPL), "score.keys", "must be there for LongPPL, and for nothing else",
                keys.size() + " with objective " + objective.quantity());
        boolean ascends = IntStream.range(1, keys.size()).allMatch(i -> keys.get(i - 1) < keys.get(i));
        Require.that(keys.isEmpty() || ascends && keys.get(0) >= 1 && keys.get(keys.size() - 1) < sample.length(), "score.keys",
                "must ascend from 1 or more to below the sample's length, " + sample.length(), keys);
    }

    /** One that reads the sample whole and tells the mean alone. */
    public static ScoreTask whole(ModelReference model, Sample sample, Objective objective, Candidate candidate, Arithmetic arithmetic) {
        return new ScoreTask(model, sample, objective, candidate, OptionalInt.empty(), List.of(), List.of(), arithmetic);
    }

    /** The same question, with the derivatives by the factors asked for too. */
    public ScoreTask withGradient() {
        return new ScoreTask(model, sample, objective, candidate, window, borders, keys, true, arithmetic);
    }

    /** Needles are drawn with the sample's seed and its number, so these decide their scores; of other objectives the tokens do. */
    @Override
    public TaskId id() {
        var question = TaskId.question("score", model, candidate, arithmetic);
        question.put("sample", sample.fingerprint());
        question.put("objective", objective);
        window.ifPresent(tokens -> question.put("window", tokens));
        if (!borders.isEmpty()) {
            question.put("borders", borders);
        }
        if (!keys.isEmpty()) {
            question.put("keys", keys);
        }
        if (gradient) {
            question.put("gradient", true);
        }
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
    public Optional<Effort> effort() {
        return Optional.of(new Effort(model, sample.length(), objective, window));
    }

    @Override
    public String describe() {
        return "score of " + Plural.of(sample.length(), "token") + (window.isPresent() ? " in windows of " + window.getAsInt() : "")
                + (gradient ? " with its gradient" : "");
    }

    @Override
    public <T, X extends Exception> T as(Kinds<T, X> kinds) throws X {
        return kinds.score(this);
    }
}
