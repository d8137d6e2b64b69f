package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.AttentionCall;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.MemoryPlan.Part;
import io.longrope.search.work.Precision;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/** The memory of a forward pass, as decoder.py.txt computes it: layer by layer, in chunks of the sequence. */
final class PassMemory {

    /**
     * Java, PyTorch's libraries and what they keep for themselves: 250 MiB at rest, up to 450 MiB beside gigabytes of weights, fitted to
     * {@code bench memory} on a CPU. A GPU's context takes about as much; it has not been measured.
     */
    static final long PROCESS_BYTES = 325L << 20;
    private static final long MASK_ENTRIES = 1 << 26;
    private static final long LOGIT_ENTRIES = 1 << 25;

    /** Scores of a block where no fused call takes them. */
    static final long PLAIN_ENTRIES = 1L << 24;
    /** Such scores in 32 bits, and their exponentials. */
    private static final long PLAIN_BYTES = 2 * Float.BYTES * PLAIN_ENTRIES;

    private final Device device;
    private final ModelConfig model;
    private final long bytes;
    private final int chunk;
    private final Attention attention;

    PassMemory(Device device, ModelConfig model, Precision precision, int chunk, Attention attention) {
        this.device = device;
        this.model = model;
        this.bytes = precision == Precision.F32 ? Float.BYTES : Short.BYTES;
        this.chunk = chunk;
        this.attention = attention;
    }

    Map<Part, Long> scoring(int length) {
        return parts(length, 1, Math.min(length, chunk));
    }

    /** With the weights of two layers at a time. */
    Map<Part, Long> scoringByLayers(int length) {
        var parts = new EnumMap<>(scoring(length));
        long ends = (long) model.vocabSize() * model.hiddenSize() * (model.tiedEmbeddings() ? 1 : 2) + model.hiddenSize();
        parts.put(Part.WEIGHTS, bytes * ends);
        parts.put(Part.LAYERS_READ, bytes * (model.parameters() - ends) / model.layers() * Math.min(2, model.layers()));
        return parts;
    }

    Map<Part, Long> generating(int length) {
        return parts(length, model.layers(), 1);
    }

    /** @param logitRows positions whose logits are asked for, of which losses of decoder.py.txt takes some at a time */
    private Map<Part, Long> parts(long length, int layersKept, int logitRows) {
        long tables = 2L * Float.BYTES * model.rope().pairs() * (model.variant().localTheta().isPresent() ? 2 : 1) * (turnsTwice() ? 3 : 1);
        long ids = 2L * Long.BYTES;
        long rows = Math.min(length, chunk);
        long keys = (turnsTwice() ? 3 : 2) * bytes * length * model.kvHeads() * model.headDim() * layersKept;
        return Map.of(
                Part.PROCESS, PROCESS_BYTES,
                Part.WEIGHTS, bytes * model.parameters(),
                Part.HIDDEN_STATES, length * (bytes * model.hiddenSize() + ids),
                Part.POSITION_TABLES, length * tables,
                Part.KEYS_AND_VALUES, keys,
                Part.CHUNK, device.gpu().isPresent() ? onGpu(rows, logitRows, layersKept == 1 ? keys : 0) : onCpu(length, rows, logitRows));
    }

    private long onCpu(long length, long rows, int logitRows) {
        // the gate and the other half, what goes in and comes out; or queries, their turn, two parts of attention and what merges them
        long blocks = rows * bytes
                * Math.max(2L * model.intermediateSize() + 2L * model.hiddenSize(), 7L * model.heads() * model.headDim());
        // in the precision of the weights and, where that is another, in 32 bits; their logarithms take their place
        long logits = logitsAtATime(logitRows) * (bytes == Float.BYTES ? bytes : bytes + Float.BYTES) * model.vocabSize();
        // both, for little of what malloc is given back by the blocks serves the logits
        return Math.max(blocks + logits, maskBytes(length));
    }

    /** What one of them gives back serves the next; {@code trace_gpu.py} compares it. */
    private long onGpu(long rows, int logitRows, long keysGivenBack) {
        long width = (long) model.heads() * model.headDim();
        // queries twice, attention to two blocks of keys and what merges them in 32 bits
        long attention = rows * width * (bytes == Float.BYTES ? 6 * Float.BYTES : 3 * bytes + 3L * Float.BYTES);
        if (!isFused(device, model, bytes)) {
            attention += PLAIN_BYTES;
        }
        long feedForward = rows * bytes * (2L * model.intermediateSize() + model.hiddenSize());
        // as their logarithms need room of their own, half as many rows at a time
        long logits = logitRows == 1 ? (bytes + Float.BYTES) * model.vocabSize()
                : (logitsAtATime(logitRows) + 1) / 2 * 2L * Float.BYTES * model.vocabSize();
        return Math.max(Math.max(attention, feedForward), logits - keysGivenBack);
    }

    /** As fused_on_gpu of decoder.py.txt. */
    static boolean isFused(Device device, ModelConfig model, long bytes) {
        var call = device.forced().orElse(AttentionCall.FLASH);
        return call.taken(bytes == Float.BYTES ? Precision.F32 : Precision.BF16, model.headDim()) != AttentionCall.PLAIN;
    }

    private long logitsAtATime(int logitRows) {
        return Math.min(logitRows, Math.max(256, LOGIT_ENTRIES / model.vocabSize()));
    }

    /** Of the layers whose window the sequence outgrows: two comparisons, their conjunction, and what is added to the scores. */
    private long maskBytes(long length) {
        return IntStream.range(0, model.layers()).mapToLong(layer -> attention.masked(model.window(layer)))
                .filter(window -> window > 0 && window < length)
                .map(window -> {
            // as layer_after of decoder.py.txt
            long rows = Math.min(length, Math.max(16, Math.min(chunk, MASK_ENTRIES / (window + chunk))));
            return rows * Math.min(window + rows, length) * (3 + bytes);
        }).max().orElse(0);
    }

    /** ReRoPE keeps keys in two turns. */
    private boolean turnsTwice() {
        return attention.turnsKeysTwice() || model.positions() == PositionEncoding.HWFA_REROPE;
    }
}
