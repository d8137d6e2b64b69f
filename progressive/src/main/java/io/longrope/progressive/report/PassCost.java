package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.search.work.Precision;

import java.util.stream.IntStream;

/**
 * What one forward pass of a model takes, from its configuration alone.
 *
 * @param attention how it attends
 */
public record PassCost(ModelConfig model, Precision precision, Attention attention) {

    /** Measured on Linux: what a process holds that scores a model of a megabyte on the CPU; a GPU's context is not measured. */
    private static final long PROCESS_BYTES = 350L << 20;
    private static final long MASK_ENTRIES = 1 << 26;
    private static final long LOGIT_ENTRIES = 1 << 25;

    /** As it was trained. */
    public PassCost(ModelConfig model, Precision precision) {
        this(model, precision, Attention.TRAINED);
    }

    /**
     * Bytes on the device, an estimate.
     *
     * @param process       the Java process and PyTorch's libraries, once whatever the number of models
     * @param weights       all of them
     * @param hiddenStates  of the whole sequence, with its token ids and rotary tables
     * @param keysAndValues of one layer, or of all layers while generating
     * @param chunk         the feed-forward network, the logits or a sliding window's mask of one chunk
     */
    public record Memory(long process, long weights, long hiddenStates, long keysAndValues, long chunk) {

        public long total() {
            return process + copy();
        }

        /** Of one model. */
        public long copy() {
            return weights + hiddenStates + keysAndValues + chunk;
        }
    }

    /** Of scoring a sequence, layer by layer. */
    public Memory scoring(int length) {
        return memory(length, 1);
    }

    /** Of continuing a sequence token by token. */
    public Memory generating(int length) {
        return memory(length, model.layers());
    }

    private Memory memory(long length, int layersKept) {
        long bytes = precision == Precision.F32 ? 4 : 2;
        long tables = 2L * Float.BYTES * model.rope().pairs() * (model.variant().localTheta().isPresent() ? 2 : 1) * (turnsTwice() ? 3 : 1);
        long ids = 2L * Long.BYTES;
        long chunk = Math.min(length, DecoderOptions.DEFAULT_CHUNK);
        // the gate and the other half, what goes in and comes out; or queries, their turn, two parts of attention and what merges them
        long blocks = chunk * bytes * Math.max(2L * model.intermediateSize() + 2L * model.hiddenSize(), 7L * model.heads() * model.headDim());
        // the logits, in 32 bits too, and their logarithms; rows as losses of decoder.py.txt
        long logits = Math.min(chunk, Math.max(256, LOGIT_ENTRIES / model.vocabSize())) * (bytes + 2L * Float.BYTES) * model.vocabSize();
        return new Memory(PROCESS_BYTES, bytes * model.parameters(), length * (bytes * model.hiddenSize() + tables + ids),
                (turnsTwice() ? 3 : 2) * bytes * length * model.kvHeads() * model.headDim() * layersKept, Math.max(Math.max(blocks, logits), maskBytes(length, bytes)));
    }

    /** Of the layers whose window the sequence outgrows: two comparisons, their conjunction, and what is added to the scores. */
    private long maskBytes(long length, long bytes) {
        return IntStream.range(0, model.layers()).mapToLong(this::maskedWindow).filter(window -> window > 0 && window < length).map(window -> {
            // as layer_after of decoder.py.txt
            long rows = Math.min(length, Math.max(16, Math.min(DecoderOptions.DEFAULT_CHUNK, MASK_ENTRIES / (window + DecoderOptions.DEFAULT_CHUNK))));
            return rows * Math.min(window + rows, length) * (3 + bytes);
        }).max().orElse(0);
    }

    private long maskedWindow(int layer) {
        return attention instanceof Attention.ReRope reRope ? Math.max(reRope.window(), model.window(layer)) : window(layer);
    }

    /** ReRoPE keeps keys in two turns. */
    private boolean turnsTwice() {
        return attention instanceof Attention.ReRope || model.positions() == PositionEncoding.HWFA_REROPE;
    }

    /** Floating-point operations, a multiplication and an addition counted as two: all matrices, and attention to what a query sees. */
    public double operations(int length) {
        long looked = model.tiedEmbeddings() ? 0 : (long) model.vocabSize() * model.hiddenSize();
        double matrices = 2.0 * length * (model.parameters() - looked);
        double pairs = IntStream.range(0, model.layers()).mapToDouble(layer -> pairs(length, window(layer))).sum();
        return matrices + 4 * pairs * model.heads() * model.headDim();
    }

    /** Keys a query sees at most; 0 = all. */
    private int window(int layer) {
        int seen = 0;
        if (attention instanceof Attention.LastPositions last) {
            seen = last.window();
        } else if (attention instanceof Attention.Sinks sinks) {
            seen = sinks.count() + sinks.window();
        }
        int own = model.window(layer);
        return seen == 0 || own == 0 ? Math.max(seen, own) : Math.min(seen, own);
    }

    private static double pairs(double length, int window) {
        if (window == 0 || window >= length) {
            return length * (length + 1) / 2;
        }
        return window * (window + 1.0) / 2 + (length - window) * window;
    }
}
