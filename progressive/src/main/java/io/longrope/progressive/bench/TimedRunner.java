package io.longrope.progressive.bench;

import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskRefused;
import io.longrope.search.work.TaskRunner;

import java.util.concurrent.TimeUnit;

/** Sleeps for as long as a task is set to take, then gives the loss of a formula. One for many workers, each a thread. */
record TimedRunner(AnalyticProblem problem, TaskLength length, Timeline timeline) implements TaskRunner {

    @Override
    public Done run(Task task) throws InterruptedException {
        if (!(task instanceof ScoreTask score)) {
            throw new TaskRefused("only scores are asked for here", null);
        }
        long begin = System.nanoTime();
        var id = task.id();
        TimeUnit.NANOSECONDS.sleep(length.of(id).toNanos());
        double loss = problem.loss().applyAsDouble(score.candidate());
        timeline.worked(Thread.currentThread().getId(), new Timeline.Interval(score.sample().seed(), id, begin, System.nanoTime()));
        return new Done(new Outcome.Loss(loss), score.sample().length());
    }

    @Override
    public String device() {
        return "none";
    }
}
