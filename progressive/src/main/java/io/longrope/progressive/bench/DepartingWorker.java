package io.longrope.progressive.bench;

import io.longrope.search.work.TaskId;

import java.util.Optional;

/** A worker of a benchmark that takes one task, and holds it until it departs. */
interface DepartingWorker extends AutoCloseable {

    /** Waits for a task. Empty when the worker was closed before one came. */
    Optional<TaskId> take() throws InterruptedException;

    /** @param how one of those its transport can show */
    void depart(Departure how);

    /** Nothing of it is left, whether it has departed or not. */
    @Override
    void close();
}
