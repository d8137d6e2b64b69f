package io.longrope.progressive.driver;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;

/** Told what a driver does with its jobs; by many threads. */
public interface JobObserver {

    /** The driver published something about a job of its own. */
    void happened(JobEvent event);

    /** The driver has let go of a job that has not ended. */
    void left(JobId job);
}
