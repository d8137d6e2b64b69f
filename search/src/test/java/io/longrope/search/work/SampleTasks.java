package io.longrope.search.work;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;

/** Score tasks for tests, told apart by a number, and the loss a fake model gives them. */
public final class SampleTasks {

    private static final String FINGERPRINT = "ab".repeat(32);

    private SampleTasks() {
    }

    /** Equal numbers give equal tasks. */
    public static Task task(int number) {
        return task(number, "model");
    }

    public static Task task(int number, String model) {
        var candidate = new Candidate(RescaleFactors.of(1, 1 + number * 0.01), 0, 1);
        var sample = new Sample("text.txt", SampleShare.SEARCH, 0, 64, 7, FINGERPRINT);
        return ScoreTask.whole(new ModelReference(model, FINGERPRINT), sample, Objective.PERPLEXITY, candidate,
                new Arithmetic(Precision.F32, 64, 1));
    }

    /** What a healthy model gives. */
    public static Outcome outcome(Task task) {
        return new Outcome.Loss(((ScoreTask) task).candidate().factors().max());
    }

    public static Result result(Task task, String worker) {
        return new Result(task.id(), outcome(task), 64, 0.5, worker, "cpu");
    }

    public static Result result(Task task, double loss) {
        return new Result(task.id(), new Outcome.Loss(loss), 64, 0.5, "test", "cpu");
    }
}
