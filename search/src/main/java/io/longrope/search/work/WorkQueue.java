package io.longrope.search.work;

import java.time.Duration;
import java.util.Optional;

/**
 * A worker's end of the queues it serves. It holds one delivery at a time over all of them. At least once: a holder that
 * dies loses its delivery to another.
 */
public interface WorkQueue extends AutoCloseable {

    /** Waits for a delivery nobody else holds. Empty when none came in time or the queue is closing. */
    Optional<Held> take(Duration timeout) throws InterruptedException;

    /** Gives back what is held and leaves. */
    @Override
    void close();

    /** A delivery held by this worker until it is settled or lost. Settling it again does nothing. */
    interface Held {

        Delivery delivery();

        /** True once the hold was lost (lock expired, broker restarted): another worker may hold it now. */
        boolean isLost();

        /** True once no driver waits for the task any more. */
        boolean isWithdrawn(Task task);

        /** Returns once the result is durable. The delivery is still held. */
        void publish(Result result);

        /** Returns once it is durable what happened to a task that has no result; only a ledger queues the task again. */
        void publish(Attempt attempt);

        /** Takes the delivery off the queue: everything that is to be known of its tasks has been published. */
        void settle();
    }
}
