package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One record on a queue: a task, or several score tasks that are worth a round trip only together.
 *
 * @param id       of this record; another each time a task is queued
 * @param job      who asks
 * @param run      the run of the job that queued it; withdrawing a run withdraws all its deliveries
 * @param tasks    at least one, all of one class
 * @param failedAt workers where it failed before: they leave it to others
 * @param passedOn whether a worker with another model in memory has left it to others; that happens once at most
 */
public record Delivery(String id, String job, String run, List<Task> tasks, Set<String> failedAt, boolean passedOn) {

    public Delivery {
        Require.notBlank(id, "delivery.id");
        Require.notBlank(job, "delivery.job");
        Require.notBlank(run, "delivery.run");
        tasks = List.copyOf(Require.present(tasks, "delivery.tasks"));
        Require.that(!tasks.isEmpty(), "delivery.tasks", "must not be empty", tasks);
        Require.that(tasks.stream().map(Task::taskClass).distinct().count() == 1, "delivery.tasks", "must be of one class", tasks);
        failedAt = Set.copyOf(Require.present(failedAt, "delivery.failedAt"));
    }

    public TaskClass taskClass() {
        return tasks.get(0).taskClass();
    }

    /** The same for somebody else. */
    public Delivery passOn() {
        return new Delivery(id, job, run, tasks, failedAt, true);
    }

    /** Whether a worker with a model in memory should leave it, once, to workers that have the model it needs. */
    public boolean isBetterElsewhere(Optional<ModelReference> loaded) {
        var needed = tasks.get(0).needs();
        return !passedOn && loaded.isPresent() && needed.isPresent() && !needed.equals(loaded);
    }
}
