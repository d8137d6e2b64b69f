package io.longrope.progressive.stage;

import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.Task;
import io.longrope.search.work.Tasks;

import java.util.Collections;
import java.util.List;

/** Has models find numbers again that are hidden in prompts. */
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
     * Prompts of one length that hide their number at one depth.
     *
     * @param candidate in force while reading and answering
     * @param trials    prompts, at least 1
     */
    public record Cell(Retrieval retrieval, int length, double depth, Candidate candidate, int trials) {
    }

    /**
     * The share of prompts of each cell answered rightly, all cells asked for at once.
     *
     * @param seed decides what is hidden
     */
    public List<Double> accuracies(StageModel model, List<Cell> cells, long seed) throws InterruptedException {
        var asked = tasks.submit(cells.stream().map(cell -> (Task) new GenerateTask(model.reference(), cell.retrieval(), cell.length(),
                cell.depth(), cell.trials(), seed, cell.candidate(), arithmetic)).toList());
        return Answers.await(asked, patience).stream().map(Retrievals::accuracy).toList();
    }

    private static double accuracy(Result result) {
        var right = result.outcome(Outcome.Answers.class).right();
        return Collections.frequency(right, true) / (double) right.size();
    }
}
