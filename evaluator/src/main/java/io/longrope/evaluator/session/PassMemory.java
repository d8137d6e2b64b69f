package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.AttentionCall;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.LayerRange;
import io.longrope.evaluator.decoder.Placement;
import io.longrope.evaluator.session.MemoryPlan.Part;
import io.longrope.search.work.Precision;

import java.util.Map;
import java.util.stream.IntStream;

/** The memory of a forward pass, as decoder.py.txt computes it: layer by layer, in chunks of the sequence. */
final class PassMemory {

    /**
     * Java, PyTorch's libraries and what they keep for themselves, started as the launcher does: 240 MiB beside a small model, a good third
     * of it pages of files, fitted to {@code bench memory} on a CPU. A GPU's context takes about as much; it has not been measured.
     */
    static final long PROCESS_BYTES = 310L << 20;
    private static final long MASK_ENTRIES = 1 << 26;
    private static final long LOGIT_ENTRIES = 1 << 25;

    /** Scores of a block where no fused call takes them. */
    static final long PLAIN_ENTRIES = 1L << 24;
    /** Such scores in 32 bits, and their exponentials. */
    private static final long PLAIN_BYTES = 2 * Float.BYTES * PLAIN_ENTRIES;

    /** Pieces of files on their way into weights of a GPU: four threads have one of 8 MiB each, as it came, as what it is, converted. */
    private static final long UPLOAD_BYTES = 4 * 3 * 8L << 20;

    private final Device device;
    private final LayerRange layers;
    private final ModelConfig model;
    private final long bytes;
    /** Bytes of one layer's weights. */
    private final long layer;
    private final int chunk;
    private final Attention attention;

    /** @param share what the device has of the model */
    PassMemory(Placement.Share share, ModelConfig model, Precision precision, int chunk, Attention attention) {
        this.device = share.device();
        this.layers = share.layers();
        this.model = model;
        this.bytes = bytes(precision);
        this.layer = layerBytes(model, precision);
        this.chunk = chunk;
        this.attention = attention;
    }

    Map<Part, Long> scoring(int length) {
        return parts(length, 1, Math.min(length, chunk));
    }

    Map<Part, Long> generating(int length) {
        return parts(length, layers.count(), 1);
    }

    /** @param logitRows positions whose logits are asked for, of which losses of decoder.py.txt takes some at a time */
    private Map<Part, Long> parts(long length, int layersKept, int logitRows) {
        long tables = 2L * Float.BYTES * model.rope().pairs() * (model.variant().localTheta().isPresent() ? 2 : 1) * (turnsTwice() ? 3 : 1);
        long ids = 2L * Long.BYTES;
        long rows = Math.min(length, chunk);
        int rowsOfHead = layers.to() == model.layers() ? logitRows : 0;
        long keys = (turnsTwice() ? 3 : 2) * bytes * length * model.kvHeads() * model.headDim() * layersKept;
        return Map.of(
                Part.PROCESS, PROCESS_BYTES,
                Part.WEIGHTS, bytes * ends(model, layers) + (layers.count() - layers.streamed()) * layer,
                Part.LAYERS_READ, layers.streamed() == 0 ? 0
                        : Math.min(2, layers.streamed()) * layer + (device.gpu().isPresent() ? UPLOAD_BYTES : 0),
                Part.HIDDEN_STATES, length * (bytes * model.hiddenSize() + ids),
                Part.POSITION_TABLES, length * tables,
                Part.KEYS_AND_VALUES, keys,
                Part.CHUNK, device.gpu().isPresent() ? onGpu(rows, rowsOfHead, layersKept == 1 ? keys : 0)
                        : onCpu(length, rows, rowsOfHead));
    }

    /** Of one layer's weights. */
    static long layerBytes(ModelConfig model, Precision precision) {
        return bytes(precision) * ((model.parameters() - ends(model, LayerRange.all(model.layers()))) / model.layers());
    }

    private static long bytes(Precision precision) {
        return precision == Precision.F32 ? Float.BYTES : Short.BYTES;
    }

    /** The embedding with the first layer, the final norm and the head with the last; tied ones once, where one device has both. */
    private static long ends(ModelConfig model, LayerRange layers) {
        boolean first = layers.from() == 0;
        boolean last = layers.to() == model.layers();
        long head = (long) model.vocabSize() * model.hiddenSize();
        boolean once = first && last && model.tiedEmbeddings();
        return (first ? head : 0) + (last ? model.hiddenSize() + (once ? 0 : head) : 0);
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
        if (decays()) {
            // queries, those turned and, in 32 bits, as attend_decaying has them; two parts of attention and what merges them
            attention = 2 * rows * width * bytes + 6L * Float.BYTES * rows * model.heads() * decayingWidth();
        }
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

    /** Whether scores shrink with distance, as {@code attend_decaying} of attention.py.txt computes them. */
    private boolean decays() {
        return model.positions() == PositionEncoding.ALIBI || model.positions() == PositionEncoding.XPOS;
    }

    /** ALiBi's bias is a coordinate of its queries, in eight more. */
    private int decayingWidth() {
        return model.headDim() + (model.positions() == PositionEncoding.ALIBI ? 8 : 0);
    }

    private long logitsAtATime(int logitRows) {
        return Math.min(logitRows, Math.max(256, LOGIT_ENTRIES / model.vocabSize()));
    }

    /** Of the layers whose window the sequence outgrows: two comparisons, their conjunction, and what is added to the scores. */
    private long maskBytes(long length) {
        return IntStream.range(layers.from(), layers.to()).mapToLong(layer -> attention.masked(model.window(layer)))
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
