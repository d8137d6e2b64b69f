package io.longrope.search.work;

/** An attempt broke; another may do better. The message is the reason, one line. */
public final class TaskFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean advanced;

    /** @param advanced whether another attempt begins further on than this one did */
    public TaskFailed(String reason, boolean advanced, Throwable cause) {
        super(reason, cause);
        this.advanced = advanced;
    }

    public boolean advanced() {
        return advanced;
    }
}
