package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * One record on a queue: a task, or several score tasks of one candidate that are worth a round trip only together.
 *
 * @param id    of this record; another each time a task is queued
 * @param tasks at least one, all of one class
 */
public record Delivery(String id, List<Task> tasks) {

    public Delivery {
        Require.notBlank(id, "delivery.id");
        tasks = List.copyOf(Require.present(tasks, "delivery.tasks"));
        Require.that(!tasks.isEmpty(), "delivery.tasks", "must not be empty", tasks);
        Require.that(tasks.stream().map(Task::taskClass).distinct().count() == 1, "delivery.tasks", "must be of one class", tasks);
    }

    public TaskClass taskClass() {
        return tasks.get(0).taskClass();
    }
}
