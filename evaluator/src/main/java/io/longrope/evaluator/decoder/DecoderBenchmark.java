package io.longrope.evaluator.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.decoder.internal.WeightTensors;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/** How fast a model of random weights is scored, and how fast this machine multiplies matrices. */
public final class DecoderBenchmark implements AutoCloseable {

    /** Large enough that the product reaches the library's best speed. */
    private static final int MATRIX_SIDE = 2048;

    private final PtNDManager manager;
    private final Decoder decoder;
    private final DecoderOptions options;
    private final LongSupplier nanoTime;

    /** @param nanoTime a clock of nanoseconds */
    public DecoderBenchmark(ModelConfig model, DecoderOptions options, LongSupplier nanoTime) {
        this.manager = Script.manager(options.device());
        this.decoder = Decoder.random(model, options);
        this.options = options;
        this.nanoTime = nanoTime;
    }

    /**
     * Floating-point operations a second of the product of two large square matrices in the model's precision.
     *
     * @param repeats products after a first that is not counted, at least 1; the fastest counts
     */
    public double matrixPeak(int repeats) {
        Require.atLeast(1, repeats, "repeats");
        try (var scope = (PtNDManager) manager.newSubManager()) {
            var left = WeightTensors.random(scope, options.precision(), MATRIX_SIDE, MATRIX_SIDE);
            var right = WeightTensors.random(scope, options.precision(), MATRIX_SIDE, MATRIX_SIDE);
            double seconds = fastest(repeats, () -> product(left, right));
            return 2 * Math.pow(MATRIX_SIDE, 3) / seconds;
        }
    }

    private void product(PtNDArray left, PtNDArray right) {
        try (var product = (PtNDArray) left.matMul(right)) {
            if (options.device().gpu().isPresent()) {
                // a GPU returns before it has computed, unless it is asked for a figure
                Script.instance().tensor(manager, "corner", product).toFloatArray();
            }
        }
    }

    /**
     * Seconds to score one sequence.
     *
     * @param length  tokens that are read, at least 1
     * @param repeats passes after a first that is not counted; the fastest counts; 0 = the first counts
     */
    public double seconds(int length, int repeats) {
        Require.atLeast(0, repeats, "repeats");
        var model = decoder.config();
        // one more token than is read: the last one's loss
        var tokens = new Random(length).ints(length + 1, 0, model.vocabSize()).toArray();
        var candidate = Candidate.original(model.rope().pairs());
        return fastest(repeats, () -> decoder.losses(tokens, candidate));
    }

    private double fastest(int repeats, Runnable work) {
        long first = nanoseconds(work);
        return LongStream.generate(() -> nanoseconds(work)).limit(repeats).min().orElse(first) / 1e9;
    }

    private long nanoseconds(Runnable work) {
        long start = nanoTime.getAsLong();
        work.run();
        return nanoTime.getAsLong() - start;
    }

    @Override
    public void close() {
        decoder.close();
        manager.close();
    }
}
