package io.longrope.search.work;

import io.longrope.search.problem.Require;

/**
 * What a task came to, kept for ever.
 *
 * @param id      the task
 * @param outcome what was found
 * @param tokens  run through the model for it
 * @param seconds it took
 * @param worker  who found it; empty when nobody says
 * @param device  what computed it, for example cpu or cuda:0 with its name; empty when nobody says
 */
public record Result(TaskId id, Outcome outcome, long tokens, double seconds, String worker, String device) {

    public Result {
        Require.present(id, "result.id");
        Require.present(outcome, "result.outcome");
        Require.atLeast(0L, tokens, "result.tokens");
        Require.that(seconds >= 0 && Double.isFinite(seconds), "result.seconds", "must be at least 0", seconds);
        worker = worker == null ? "" : worker;
        device = device == null ? "" : device;
    }

    /**
     * What its kind of task comes to.
     *
     * @throws IllegalStateException when it came to something else
     */
    public <T extends Outcome> T outcome(Class<T> kind) {
        return outcome.as(kind).orElseThrow(() -> new IllegalStateException("task " + id + " came to " + outcome.word() + ", not to "
                + kind.getSimpleName()));
    }
}
