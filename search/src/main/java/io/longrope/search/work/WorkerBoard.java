package io.longrope.search.work;

import java.util.List;

/** Where workers show that they live. Nothing but what people see depends on it. */
public interface WorkerBoard extends AutoCloseable {

    /** Replaces what the worker said before. */
    void report(WorkerStatus status);

    /** Takes the worker off the board. */
    void leave(WorkerStatus last);

    /** The latest status of every worker on the board, by name. One that died stays on it, silent, for an hour at least. */
    List<WorkerStatus> workers();

    @Override
    void close();
}
