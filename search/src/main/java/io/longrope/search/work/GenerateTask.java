package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The prompts of one retrieval cell, each answered by the model.
 *
 * @param model      the checkpoint
 * @param retrieval  what is hidden
 * @param length     tokens of a prompt
 * @param depth      where it is hidden, as a share of the text: 0 at its beginning, 1 at its end
 * @param trials     prompts, at least 1
 * @param seed       decides what is drawn
 * @param candidate  in force while reading and answering
 * @param window     tokens the model sees at once, at least 2, the last of prompt and answer: what crop reads; empty = the prompt whole.
 *                   Part of ids only where it is there
 * @param arithmetic how it is computed
 */
public record GenerateTask(ModelReference model, Retrieval retrieval, int length, double depth, int trials, long seed, Candidate candidate,
                           OptionalInt window, Arithmetic arithmetic) implements Task {

    public GenerateTask(ModelReference model, Retrieval retrieval, int length, double depth, int trials, long seed, Candidate candidate,
                        @JacksonInject(Json.NUMBER_LEFT_OUT) OptionalInt window, Arithmetic arithmetic) {
        Require.present(model, "generate.model");
        Require.present(retrieval, "generate.retrieval");
        Require.atLeast(2, length, "generate.length");
        Require.that(depth >= 0 && depth <= 1, "generate.depth", "must be between 0 and 1", depth);
        Require.atLeast(1, trials, "generate.trials");
        Require.present(candidate, "generate.candidate");
        Require.present(window, "generate.window");
        window.ifPresent(tokens -> Require.atLeast(2, tokens, "generate.window"));
        Require.present(arithmetic, "generate.arithmetic");
        this.model = model;
        this.retrieval = retrieval;
        this.length = length;
        this.depth = depth;
        this.trials = trials;
        this.seed = seed;
        this.candidate = candidate;
        this.window = window;
        this.arithmetic = arithmetic;
    }

    @Override
    public TaskId id() {
        var question = TaskId.question("generate", model, candidate, arithmetic);
        question.put("retrieval", retrieval);
        question.put("length", length);
        question.put("depth", depth);
        question.put("trials", trials);
        question.put("seed", seed);
        window.ifPresent(tokens -> question.put("window", tokens));
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
        return Plural.of(trials, "answer") + " at " + Plural.of(length, "token");
    }

    @Override
    public <T, X extends Exception> T as(Kinds<T, X> kinds) throws X {
        return kinds.generate(this);
    }
}
