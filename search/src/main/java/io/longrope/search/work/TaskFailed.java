package io.longrope.search.work;

/** An attempt broke; another may do better. The message is the reason, one line. */
public final class TaskFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TaskFailed(String reason, Throwable cause) {
        super(reason, cause);
    }
}
