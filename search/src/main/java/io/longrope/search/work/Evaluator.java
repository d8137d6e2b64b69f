package io.longrope.search.work;

/** Measures evaluations. Deterministic: the same evaluation always gives the same losses, to the bit. */
@FunctionalInterface
public interface Evaluator {

    /**
     * @throws io.longrope.search.problem.BadInput when the evaluation can never be measured here (outside the roots,
     *                                             fingerprint mismatch, factors of the wrong length)
     */
    Score evaluate(Evaluation evaluation) throws InterruptedException;
}
