package io.longrope.progressive.bench;

import io.longrope.search.work.Tasks;
import io.longrope.search.work.WorkQueue;

import java.util.Set;

/** What carries the tasks of a benchmark to workers and results back. */
public interface Transport extends AutoCloseable {

    /** A worker's end of the queue. */
    WorkQueue join(String worker);

    /** A job's end of the queue; closing it leaves the workers. */
    Tasks connect(String job);

    /** How workers can depart here. */
    Set<Departure> departures();

    /** One worker more. */
    DepartingWorker startDeparting(String name);

    @Override
    void close();
}
