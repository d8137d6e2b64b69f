package io.longrope.search.work;

import io.longrope.search.problem.Plural;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells a broken worker from a broken task: too many failures in a row are the worker's own when they concern tasks of several
 * jobs, or a task that another worker completed. Not thread-safe.
 */
final class WorkerHealth {

    private final int limit;
    /** Tasks that failed here since the last that went well, with their jobs. */
    private final Map<TaskId, String> failed = new LinkedHashMap<>();
    private int failures;
    private String last = "";

    /** @param limit failures in a row, at least 1 */
    WorkerHealth(int limit) {
        this.limit = limit;
    }

    void failed(TaskId task, String job, String reason) {
        failures++;
        failed.put(task, job);
        last = reason;
    }

    void wentWell() {
        failures = 0;
        failed.clear();
    }

    /**
     * Why the worker should stop asking for work; empty when it need not.
     *
     * @param doneElsewhere whether another worker completed a task
     */
    Optional<String> illness(Predicate<TaskId> doneElsewhere) {
        if (failures < limit) {
            return Optional.empty();
        }
        long jobs = failed.values().stream().distinct().count();
        if (jobs > 1) {
            return Optional.of(Plural.of(failures, "failure") + " in a row, on tasks of " + Plural.of(jobs, "job") + ": " + last);
        }
        return failed.keySet().stream().filter(doneElsewhere).findFirst()
                .map(task -> Plural.of(failures, "failure") + " in a row, on task " + task.brief()
                + " among others, which another worker completed: "
                + last);
    }
}
