package io.longrope.search.work;

import java.time.Duration;
import java.util.Optional;

/**
 * A worker's end of the queues it serves, for one thread. It holds one delivery at a time over all of them. At least once: a
 * holder that dies loses its delivery to another.
 */
public interface WorkQueue extends AutoCloseable {

    /** The instance that joined, see {@link WorkerInstance}. */
    String worker();

    /**
     * Waits for a delivery nobody else holds. Empty when none came in time or the queue is closing.
     *
     * @param loaded the model in memory: deliveries that need it are preferred, where no other is passed over twice
     * @throws TransportFailed when waiting longer cannot help
     */
    Optional<Held> take(Duration timeout, Optional<ModelReference> loaded) throws InterruptedException;

    /** Whether another worker's result of a task has been heard of since this one joined. */
    boolean isAnsweredByAnother(TaskId id);

    /** Gives back what is held and leaves. */
    @Override
    void close();

    /** A delivery held by this worker until it is settled or lost. Settling it again does nothing. */
    interface Held {

        Delivery delivery();

        /** True when another worker held it before and was lost: what became of its tasks is for the ledger to judge. */
        boolean isRedelivered();

        /** True once the hold was lost (lock expired, broker restarted): another worker may hold it now. */
        boolean isLost();

        /** True once no driver waits for the task any more: the run was withdrawn, or the task is answered. */
        boolean isWithdrawn(TaskId task);

        /** Returns once the result is durable. The delivery is still held. */
        void publish(Result result);

        /** Returns once it is durable what happened to a task that has no result; only a ledger queues the task again. */
        void publish(Attempt attempt);

        /** Takes the delivery off the queue: everything that is to be known of its tasks has been published. */
        void settle();
    }
}
