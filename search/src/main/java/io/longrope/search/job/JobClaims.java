package io.longrope.search.job;

import java.time.Duration;
import java.util.Optional;

/**
 * Gives each job to one driver at a time; another gets it when that one dies. For one job at a time: a driver that runs
 * several opens as many.
 *
 * <p>Exactness does not depend on it. A driver that was cut off may for a while run a job another has taken over; both
 * ask the same questions and get the same scores.
 */
public interface JobClaims extends AutoCloseable {

    /** Waits for a job that has not ended and that nobody else runs, that of the greatest priority first. Empty when none came in time. */
    Optional<Claim> claim(Duration timeout) throws InterruptedException;

    /** Hands back the job held and leaves. */
    @Override
    void close();

    /** A job this driver runs, until settled by one of the two ways; settling again does nothing. */
    interface Claim {

        JobSubmission submission();

        /** True once another driver may have it: stop running it. */
        boolean isLost();

        /** The job's end is in the log: nobody need run it again. */
        void finish();

        /** Hands the job to another driver, which continues it. */
        void release();
    }
}
