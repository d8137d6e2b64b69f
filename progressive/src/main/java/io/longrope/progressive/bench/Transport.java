package io.longrope.progressive.bench;

import io.longrope.search.work.TaskRunner;
import io.longrope.search.work.Tasks;

import java.util.Set;

/** What carries the tasks of a benchmark to workers and results back. */
public interface Transport extends AutoCloseable {

    /**
     * Workers that stay until the transport is closed. Called once.
     *
     * @param runner does the tasks of all of them
     */
    void startWorkers(int count, TaskRunner runner);

    /** A job's end of the queue; closing it leaves the workers. */
    Tasks connect(String job);

    /** How workers can depart here. */
    Set<Departure> departures();

    /** One worker more. */
    DepartingWorker startDeparting(String name);

    @Override
    void close();
}
