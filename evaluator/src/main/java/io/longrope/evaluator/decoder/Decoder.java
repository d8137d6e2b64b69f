package io.longrope.evaluator.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.internal.Rotary;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.decoder.internal.Weights;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A checkpoint's forward pass, layer by layer over the whole sequence: at length T it holds the hidden states, one
 * layer's keys and values, and one chunk. The candidate is an input; nothing of it is kept. One thread at a time.
 */
public final class Decoder implements AutoCloseable {

    private final PtNDManager manager;
    private final Script script = Script.instance();
    private final Weights weights;
    private final Rotary rotary;
    private final DecoderOptions options;

    private Decoder(PtNDManager manager, Weights weights, DecoderOptions options) {
        this.manager = manager;
        this.weights = weights;
        this.options = options;
        rotary = new Rotary(weights.config().rope());
    }

    public static Decoder load(Checkpoint checkpoint, DecoderOptions options) {
        var manager = (PtNDManager) Script.engine().newBaseManager();
        return new Decoder(manager, Weights.load(checkpoint, manager, options.precision()), options);
    }

    /**
     * Threads inside one operation, for the whole process. Losses are equal to the bit only between equal counts.
     */
    public static void useThreads(int threads) {
        Script.setThreads(Require.atLeast(1, threads, "threads"));
    }

    /**
     * Next-token losses.
     *
     * @param tokens n ids, at least 2, each below the vocabulary size
     * @return n − 1 losses in nats: entry t is that of token t + 1 given tokens 0..t
     */
    public float[] losses(int[] tokens, Candidate candidate) {
        Require.atLeast(2, tokens.length, "tokens");
        for (int token : tokens) {
            Require.that(token >= 0 && token < config().vocabSize(), "tokens", "must be ids below " + config().vocabSize(), token);
        }
        int length = tokens.length - 1;
        try (var scope = (PtNDManager) manager.newSubManager()) {
            var tables = rotary.tables(scope, IntStream.range(0, length).asDoubleStream().toArray(), candidate);
            Require.that(tables.length == 1 || tables.length == config().layers(), "candidate.factors",
                    "must have one row, or one per layer (" + config().layers() + ")", tables.length);
            var hidden = hidden(scope, Arrays.copyOf(tokens, length), tables);                       // [T, D]
            var targets = ids(scope, Arrays.copyOfRange(tokens, 1, tokens.length));                  // [T]
            return script.tensor(scope, "losses", hidden, targets, weights.ends(), config().normEpsilon(), options.chunk())
                    .toFloatArray();
        }
    }

    /** The last layer's output before the final norm, [T, D]. */
    private PtNDArray hidden(PtNDManager scope, int[] tokens, Rotary.Tables[] tables) {
        var hidden = script.tensor(scope, "embed", ids(scope, tokens), weights.embedding());
        for (int layer = 0; layer < config().layers(); layer++) {
            var table = tables[tables.length == 1 ? 0 : layer];
            script.run("layer", hidden, table.cos(), table.sin(), weights.layers().get(layer), config().heads(),
                    config().kvHeads(), config().headDim(), config().window(layer), config().normEpsilon(), options.chunk());
        }
        return hidden;
    }

    private static PtNDArray ids(PtNDManager scope, int[] tokens) {
        return (PtNDArray) scope.create(Arrays.stream(tokens).asLongStream().toArray());
    }

    public ModelConfig config() {
        return weights.config();
    }

    @Override
    public void close() {
        weights.close();
        manager.close();
    }
}
