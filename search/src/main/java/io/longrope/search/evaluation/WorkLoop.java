package io.longrope.search.evaluation;

import io.longrope.search.problem.BadInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;

/**
 * Takes evaluations one at a time, measures them and settles each, until stopped. One the evaluator calls bad input is
 * left to workers that may know better; one that breaks it is tried again; an interrupted one is handed on.
 */
public final class WorkLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkLoop.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final WorkQueue queue;
    private final Evaluator evaluator;
    private volatile boolean stopped;

    public WorkLoop(WorkQueue queue, Evaluator evaluator) {
        this.queue = queue;
        this.evaluator = evaluator;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                queue.take(PATIENCE).ifPresent(this::work);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the loop after the evaluation in progress; interrupt its thread to end that as well. */
    public void stop() {
        stopped = true;
    }

    private void work(WorkQueue.Assignment assignment) {
        measured(assignment).ifPresent(assignment::complete);
    }

    private Optional<Score> measured(WorkQueue.Assignment assignment) {
        var id = assignment.evaluation().id().brief();
        try {
            return Optional.of(evaluator.evaluate(assignment.evaluation()));
        } catch (InterruptedException e) {
            stopped = true;
            assignment.release();
            Thread.currentThread().interrupt();
        } catch (BadInput e) {
            LOG.warn("evaluation {} refused: {}", id, e.getMessage());
            assignment.refuse(e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("evaluation {} failed", id, e);
            assignment.fail(e.toString());
        }
        return Optional.empty();
    }
}
