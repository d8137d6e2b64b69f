package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.FactorSlopes;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * The derivatives of a sequence's loss by the rescale factors, by one pass backwards through the training script: the rotary tables are
 * inputs of every layer, so their gradients add up over the layers, and each pair's factor turns its columns. Layers are computed again
 * one at a time: beside the input of each layer one layer's graph is in memory.
 */
public final class FactorGradient {

    /** Rows of logits in memory at a time. */
    private static final int END_ROWS = 1024;
    /** Positions whose angles are in memory at a time, in float64. */
    private static final int PART_POSITIONS = 1 << 14;

    private final Script script = Script.instance();
    private final PtNDManager scope;
    private final Weights weights;
    private final ModelConfig config;

    /** @param scope holds everything, and is the caller's to close */
    public FactorGradient(PtNDManager scope, Weights weights) {
        this.scope = scope;
        this.weights = weights;
        this.config = weights.config();
    }

    /**
     * @param tokens    at least 2
     * @param candidate whose factors are the same for all layers
     * @throws CancellationException when the thread is interrupted between two layers; it stays interrupted
     */
    public FactorSlopes of(int[] tokens, Candidate candidate) {
        Require.that(candidate.factors().layers() == 1, "candidate.factors", "must be the same for all layers where slopes are asked for",
                candidate.factors().layers() + " rows");
        int length = tokens.length - 1;
        var tables = new Rotary(config.rope()).tables(scope, IntStream.range(0, length).asDoubleStream().toArray(), candidate)[0];
        var hidden = forward(ids(Arrays.copyOf(tokens, length)), tables);
        var none = new PtNDArray[0];
        var end = script.differentiate(scope, "end_gradients", hidden[config.layers()], ids(Arrays.copyOfRange(tokens, 1, tokens.length)),
                none, weights.ends(), config.normEpsilon(), END_ROWS, none);
        hidden[config.layers()].close();
        var ofTables = backward(hidden, end[1], tables);
        double loss = end[0].getDataType() == DataType.FLOAT64 ? end[0].getDouble() : end[0].getFloat();
        return new FactorSlopes(loss, Arrays.stream(slopes(candidate, ofTables, length)).boxed().toList());
    }

    /** The input of every layer, then the last one's output; each [1, T, D]. */
    private PtNDArray[] forward(PtNDArray ids, Rotary.Tables tables) {
        var hidden = new PtNDArray[config.layers() + 1];
        hidden[0] = script.tensor(scope, "training_embed", ids, weights.ends());
        try (var documents = IValue.listFrom(new long[0]);
             var cos = (PtNDArray) tables.cos().expandDims(0);
             var sin = (PtNDArray) tables.sin().expandDims(0)) {
            for (int layer = 0; layer < config.layers(); layer++) {
                requireUninterrupted(layer);
                hidden[layer + 1] = script.tensor(scope, "training_layer", hidden[layer], cos, sin, documents,
                        weights.forTraining(layer), config.heads(), config.kvHeads(), config.normEpsilon());
            }
        }
        return hidden;
    }

    /** @return sums over the layers of the gradients for cos and for sin, [T, P] f32 */
    private PtNDArray[] backward(PtNDArray[] hidden, PtNDArray ofOutput, Rotary.Tables tables) {
        PtNDArray[] sums = null;
        var gradient = ofOutput;
        for (int layer = config.layers() - 1; layer >= 0; layer--) {
            requireUninterrupted(layer);
            var found = script.differentiate(scope, "table_gradients", hidden[layer], gradient, tables.cos(), tables.sin(),
                    weights.forTraining(layer), config.heads(), config.kvHeads(), config.normEpsilon());
            hidden[layer].close();
            gradient.close();
            gradient = found[0];
            if (sums == null) {
                sums = new PtNDArray[] {found[1], found[2]};
            } else {
                script.run("accumulate", sums, new PtNDArray[] {found[1], found[2]});
                found[1].close();
                found[2].close();
            }
        }
        gradient.close();
        return sums;
    }

    private double[] slopes(Candidate candidate, PtNDArray[] ofTables, int length) {
        var factors = candidate.factors().layer(0);
        var slopes = new double[factors.length];
        var rescaled = IntStream.range(0, factors.length).mapToDouble(i -> config.rope().inverseFrequency(i) / factors[i]).toArray();
        try (var frequencies = DeviceMemory.of(scope, rescaled, new Shape(rescaled.length))) {
            for (int from = 0; from < length; from += PART_POSITIONS) {
                int rows = Math.min(PART_POSITIONS, length - from);
                try (var part = (PtNDManager) scope.newSubManager()) {
                    var positions = DeviceMemory.of(part, IntStream.range(from, from + rows).asDoubleStream().toArray(), new Shape(rows));
                    var found = script.tensor(part, "factor_gradients", positions, frequencies, candidate.startTokens(),
                            candidate.attentionFactor(), script.tensor(part, "rows", ofTables[0], from, rows),
                            script.tensor(part, "rows", ofTables[1], from, rows)).toDoubleArray();
                    for (int i = 0; i < slopes.length; i++) {
                        slopes[i] += found[i];
                    }
                }
            }
        }
        return slopes;
    }

    private PtNDArray ids(int[] tokens) {
        return DeviceMemory.of(scope, Arrays.stream(tokens).asLongStream().toArray(), new Shape(1, tokens.length));
    }

    private static void requireUninterrupted(int layer) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted at layer " + layer);
        }
    }
}
