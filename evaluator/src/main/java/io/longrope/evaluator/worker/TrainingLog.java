package io.longrope.evaluator.worker;

/** Told how trainings get on, on whatever thread trains. */
public interface TrainingLog {

    /** What is told from now on is of this training. */
    void begins(String training);

    /** Of a training program's output, or about it. */
    void line(String training, String line);

    /** @param loss of the step's batch, in nats */
    void step(String training, int step, int steps, double loss);

    /** @param loss on text that is not trained on, in nats */
    void heldOut(String training, int step, double loss);
}
