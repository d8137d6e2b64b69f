package io.longrope.evaluator.training;

/** Told of every step, on the training thread. */
@FunctionalInterface
public interface TrainingListener {

    /**
     * @param step         steps done, counted from 1
     * @param loss         mean loss of the step's batch, in nats
     * @param gradientNorm global norm before clipping
     * @param learningRate of the step
     * @param tokens       tokens of the step
     */
    void onStep(int step, double loss, double gradientNorm, double learningRate, long tokens);

    /**
     * @param step steps done
     * @param loss mean loss of the held-out samples, in nats
     */
    default void onHeldOut(int step, double loss) {
    }
}
