package io.longrope.search.work;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The driver's end of the queues, for one run of a job. A task whose result is known answers at once; others are queued, a
 * few at a time, and judged by a ledger of this run until there is a result.
 */
public interface Tasks extends AutoCloseable {

    /**
     * Asks for results. Tasks handed over together may travel in one delivery where single ones are not worth a round trip.
     *
     * @return a future for each, in their order; it fails with {@link TaskGivenUp} when this run gives the task up, and
     *         otherwise only when the transport does
     */
    List<CompletableFuture<Result>> submit(List<Task> tasks);

    /** Tasks asked for whose results are awaited. */
    int unanswered();

    /** Seconds in which devices of workers were busy with tasks asked for here: results that were not known beforehand, and attempts. */
    double deviceSeconds();

    /** Nobody waits for what is unanswered any more: those futures are cancelled, and workers need not begin it. */
    void withdrawUnanswered();

    @Override
    void close();
}
