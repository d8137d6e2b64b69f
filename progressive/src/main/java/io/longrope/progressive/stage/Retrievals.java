package io.longrope.progressive.stage;

import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.Task;
import io.longrope.search.work.Tasks;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/** Has models find again what is hidden in prompts. */
public final class Retrievals {

    private final Tasks tasks;
    private final Arithmetic arithmetic;
    private final Answers.Patience patience;

    public Retrievals(Tasks tasks, Arithmetic arithmetic, Answers.Patience patience) {
        this.tasks = tasks;
        this.arithmetic = arithmetic;
        this.patience = patience;
    }

    /**
     * Prompts of one kind and length that hide what they ask for at one depth, for one model.
     *
     * @param candidate in force while reading and answering
     * @param window    tokens the model sees, the last; empty = all
     */
    public record Prompts(RetrievedCell.Place place, StageModel model, Candidate candidate, OptionalInt window) {
    }

    /**
     * The share found of what the prompts ask for, all of them asked at once.
     *
     * @param trials prompts of each, at least 1
     * @param seed   decides what is hidden
     */
    public List<Double> accuracies(List<Prompts> prompts, int trials, long seed) throws InterruptedException {
        var asked = tasks.submit(prompts.stream().map(one -> (Task) new GenerateTask(one.model().reference(), one.place().kind(),
                one.place().length(), one.place().depth(), trials, seed, one.candidate(), one.window(), arithmetic)).toList());
        return Answers.await(asked, patience).stream().map(Retrievals::accuracy).toList();
    }

    private static double accuracy(Result result) {
        var right = result.outcome(Outcome.Answers.class).right();
        return Collections.frequency(right, true) / (double) right.size();
    }
}
