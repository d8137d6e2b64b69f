package io.longrope.search.work;

import java.util.List;

/** A run of a job gave a task up. Nothing is kept of that: submitted again, the job asks again. */
public final class TaskGivenUp extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Task task;
    private final transient List<Attempt> attempts;

    public TaskGivenUp(Task task, List<Attempt> attempts, String reason) {
        super(reason);
        this.task = task;
        this.attempts = List.copyOf(attempts);
    }

    public Task task() {
        return task;
    }

    /** What happened to it in this run. */
    public List<Attempt> attempts() {
        return attempts;
    }
}
