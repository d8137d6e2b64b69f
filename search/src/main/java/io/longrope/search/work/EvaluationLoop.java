package io.longrope.search.work;

import io.longrope.search.problem.BadInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Takes evaluations one at a time, measures them and settles each, until stopped. One the evaluator calls bad input is
 * left to workers that may know better; one that breaks it is tried again; an interrupted one is handed on; one that nobody
 * waits for any more is dropped.
 */
public final class EvaluationLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(EvaluationLoop.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final EvaluationQueue queue;
    private final Evaluator evaluator;
    private final AtomicReference<EvaluationQueue.Assignment> held = new AtomicReference<>();
    private volatile boolean stopped;

    public EvaluationLoop(EvaluationQueue queue, Evaluator evaluator) {
        this.queue = queue;
        this.evaluator = evaluator;
    }

    @Override
    public void run() {
        try (var watch = new WithdrawalWatch(Thread.currentThread())) {
            while (!stopped) {
                queue.take(PATIENCE).ifPresent(assignment -> work(assignment, watch));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the loop after the evaluation in progress; interrupt its thread to end that as well. */
    public void stop() {
        stopped = true;
    }

    /** As {@link #stop}, and others may have the evaluation in progress from now on. */
    public void leave() {
        stop();
        giveBack();
    }

    private void work(EvaluationQueue.Assignment assignment, WithdrawalWatch watch) {
        held.set(assignment);
        if (stopped) {
            giveBack();
            return;
        }
        measured(assignment, watch).ifPresent(assignment::complete);
        held.set(null);
    }

    private Optional<Score> measured(EvaluationQueue.Assignment assignment, WithdrawalWatch watch) {
        var id = assignment.evaluation().id().brief();
        watch.begin(assignment::isWithdrawn);
        try {
            return Optional.of(evaluator.evaluate(assignment.evaluation()));
        } catch (InterruptedException e) {
            giveBack();
            if (!watch.end() || stopped) {
                stopped = true;
                Thread.currentThread().interrupt();
            } else {
                LOG.info("evaluation {} dropped: nobody waits for it any more", id);
            }
        } catch (BadInput e) {
            LOG.warn("evaluation {} refused: {}", id, e.getMessage());
            assignment.refuse(e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("evaluation {} failed", id, e);
            assignment.fail(e.toString());
        } finally {
            if (watch.end() && !stopped) {
                // it came too late to end anything
                Thread.interrupted();
            }
        }
        return Optional.empty();
    }

    private void giveBack() {
        var assignment = held.getAndSet(null);
        if (assignment != null) {
            assignment.release();
        }
    }
}
