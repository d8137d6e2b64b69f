package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;

import java.util.stream.IntStream;

/**
 * What one forward pass of a model computes, from its configuration alone.
 *
 * @param attention how it attends
 */
public record PassCost(ModelConfig model, Attention attention) {

    /** As it was trained. */
    public PassCost(ModelConfig model) {
        this(model, Attention.TRAINED);
    }

    /** Floating-point operations, a multiplication and an addition counted as two: all matrices, and attention to what a query sees. */
    public double operations(int length) {
        long looked = model.tiedEmbeddings() ? 0 : (long) model.vocabSize() * model.hiddenSize();
        double matrices = 2.0 * length * (model.parameters() - looked);
        double pairs = IntStream.range(0, model.layers()).mapToDouble(layer -> pairs(length, attention.seen(model.window(layer)))).sum();
        return matrices + 4 * pairs * model.heads() * model.headDim();
    }

    private static double pairs(double length, int window) {
        if (window == 0 || window >= length) {
            return length * (length + 1) / 2;
        }
        return window * (window + 1.0) / 2 + (length - window) * window;
    }
}
