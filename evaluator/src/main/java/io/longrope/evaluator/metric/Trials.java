package io.longrope.evaluator.metric;

/**
 * What is measured of a model at one length, on trials that are independent of each other.
 *
 * @param <T> what one trial gives
 */
public interface Trials<T> {

    /** How it is measured, to be recorded with the result: figures of different protocols are not comparable. */
    String protocol();

    int trials();

    /** Measures one trial, the first being 0. Several threads may ask at once, each with a subject of its own. */
    T measure(Subject subject, int trial);
}
