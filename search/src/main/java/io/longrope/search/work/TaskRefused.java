package io.longrope.search.work;

/** This worker cannot do a task, whoever asks and however often: another may. The message is the reason, one line. */
public final class TaskRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TaskRefused(String reason, Throwable cause) {
        super(reason, cause);
    }
}
