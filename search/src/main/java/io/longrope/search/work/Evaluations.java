package io.longrope.search.work;

import java.util.concurrent.CompletableFuture;

/**
 * Where a search asks its questions. However they travel, each question is computed at most once per journal: an
 * evaluation whose id is known answers at once.
 */
public interface Evaluations extends AutoCloseable {

    /**
     * Asks for a score. Fails only when the transport does; an evaluation that cannot be measured completes with
     * {@link Score.Outcome#GIVEN_UP}.
     */
    CompletableFuture<Score> submit(Evaluation evaluation);

    /**
     * Nobody waits for what is unanswered any more, as when a job is cancelled: those futures are cancelled, and workers
     * need not begin what they have not begun. Asked again later it is measured after all.
     */
    void withdrawUnanswered();

    @Override
    void close();
}
