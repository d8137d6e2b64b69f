package io.longrope.evaluator.training;

/** A training whose loss or gradient is not finite any more: trained again, it comes to the same. */
public final class TrainingDiverged extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param step the step that failed, counted from 1 */
    public TrainingDiverged(int step, double loss, double gradientNorm) {
        super("training must keep a finite loss and gradient, but was loss " + loss + ", gradient norm " + gradientNorm + " at step " + step
                + "; choose a smaller learning rate or a longer warm-up");
    }
}
