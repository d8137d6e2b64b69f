package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.metric.Crop;

import java.util.OptionalInt;

/**
 * What is read in windows costs, crop first of all: windows overlap, so that more tokens are read than the samples have, in shorter passes.
 *
 * @param tokens     run through the model
 * @param operations floating-point operations
 */
record CropCost(int evaluations, long tokens, double operations) {

    static final CropCost NONE = new CropCost(0, 0, 0);

    /**
     * @param window  tokens of a pass at most
     * @param length  tokens of a sample
     * @param samples of all evaluations together
     */
    static CropCost of(ModelConfig model, int window, int length, int evaluations, long samples) {
        long tokens = samples * Crop.of(window, OptionalInt.empty()).read(length);
        int pass = Math.min(window, length);
        return new CropCost(evaluations, tokens, (double) tokens / pass * new PassCost(model).operations(pass));
    }
}
