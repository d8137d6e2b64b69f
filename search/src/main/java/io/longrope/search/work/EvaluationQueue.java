package io.longrope.search.work;

import java.time.Duration;
import java.util.Optional;

/** The worker's end: hands out one evaluation at a time. At least once; a holder that dies loses it to another. */
public interface EvaluationQueue extends AutoCloseable {

    /** Waits for an evaluation nobody else holds. Empty when none came in time or the queue is closing. */
    Optional<Assignment> take(Duration timeout) throws InterruptedException;

    /** Gives back what is held and leaves. */
    @Override
    void close();

    /** An evaluation held by this worker until it is settled by exactly one of the five ways; settling again does nothing. */
    interface Assignment {

        Evaluation evaluation();

        /** 1 at the first delivery. Counts at least the deliveries since the broker last started. */
        int deliveryCount();

        /** True once the hold was lost (lock expired, broker restarted): another worker may hold the evaluation now. */
        boolean isLost();

        /** True once the driver waits for it no more: settled in any way but by a score, it leaves the queue. */
        boolean isWithdrawn();

        /** Makes the score durable, then removes the evaluation from the queue. */
        void complete(Score score);

        /** Hands the evaluation to another worker; for a worker that leaves. Costs none of its deliveries where possible. */
        void release();

        /**
         * This worker cannot measure it (no such checkpoint, another fingerprint), another may. Costs none of its
         * deliveries; once every worker of the queue has refused it, it is given up, and the driver is told this reason.
         */
        void refuse(String reason);

        /**
         * It did not work here. Another delivery is tried; once the queue's delivery limit is reached the evaluation is
         * given up, and the driver is told this reason.
         */
        void fail(String reason);

        /** Removes the evaluation as impossible here and everywhere; the driver is told why. */
        void reject(String reason);
    }
}
