package io.longrope.search.work;

/** Memory ran out while a task was done. The worker has let go of what it held. */
public final class DeviceOutOfMemory extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Attempt.Memory memory;

    public DeviceOutOfMemory(String reason, Attempt.Memory memory, Throwable cause) {
        super(reason, cause);
        this.memory = memory;
    }

    public Attempt.Memory memory() {
        return memory;
    }
}
