package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.MemoryPlan.Part;
import io.longrope.search.work.Precision;

import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The memory of a training step on a GPU, as training.py.txt computes it there: attention is fused, and what is given back is used again.
 * The figures are counted from the operations that {@code trace_gpu.py} finds; it compares them with the sum of all tensors at the peak.
 *
 * <p>What the backward pass keeps of a row of a layer, in numbers of the precision: of each norm the input in 32 bits and, where norms
 * are trained, the input scaled; its result for the products; queries, keys, values and what attention made; gate, its activation, the
 * other half, and their product.
 */
final class GpuTrainingMemory {

    private static final long NORMS_OF_LAYER = 2;
    /** As {@code rows_at_once} of training.py.txt. */
    private static final long ROWS_AT_ONCE = 8192;

    private final Device device;
    private final ModelConfig model;
    private final ModelUse.Training use;
    private final boolean in32Bits;
    private final boolean all;
    private final long bytes;
    /** What a number of 32 bits takes, in numbers of the precision. */
    private final long wide;
    private final long rows;
    private final long trained;
    /** Numbers a row. */
    private final long queries;
    private final long keys;

    GpuTrainingMemory(Device device, ModelConfig model, Precision precision, ModelUse.Training use) {
        this(device, model, precision, use, use.lora().isEmpty(),
                use.lora().map(lora -> TrainingMemory.adapters(model, lora)).orElse(model.parameters()));
    }

    private GpuTrainingMemory(Device device, ModelConfig model, Precision precision, ModelUse.Training use, boolean all, long trained) {
        this.device = device;
        this.model = model;
        this.use = use;
        this.in32Bits = precision == Precision.F32;
        this.all = all;
        this.bytes = in32Bits ? Float.BYTES : Short.BYTES;
        this.wide = Float.BYTES / bytes;
        this.rows = (long) use.microBatch() * use.length();
        this.trained = trained;
        this.queries = (long) model.heads() * model.headDim();
        this.keys = (long) model.kvHeads() * model.headDim();
    }

    /** Of a pass backwards for something else than weights; as with adapters that have no numbers. */
    static GpuTrainingMemory ofFrozenWeights(Device device, ModelConfig model, Precision precision, ModelUse.Training use) {
        return new GpuTrainingMemory(device, model, precision, use, false, 0);
    }

    /** A moment of the step: gradients of the micro-batch found so far, and what it needs beside them. */
    private record Moment(long gradients, long activations) {

        private long bytes() {
            return gradients + activations;
        }
    }

    Map<Part, Long> parts() {
        var most = (use.recompute() ? recomputed() : whole()).max(Comparator.comparingLong(Moment::bytes)).orElseThrow();
        return Map.of(
                Part.PROCESS, PassMemory.PROCESS_BYTES,
                Part.WEIGHTS, bytes * model.parameters(),
                Part.MASTERS, in32Bits ? 0 : Float.BYTES * trained,
                Part.GRADIENTS, Float.BYTES * trained + use.parallel() * most.gradients(),
                Part.MOMENTS, 2 * Float.BYTES * trained,
                Part.ACTIVATIONS, use.parallel() * most.activations() + tables());
    }

    private Stream<Moment> whole() {
        long layers = model.layers() * keptOfLayer() + layersWithScores() * scores();
        long loss = 3L * Float.BYTES * model.vocabSize() + bytes * model.hiddenSize() * lastNorm();
        long backward = bytes * (2L * model.intermediateSize() + model.hiddenSize() * gradientsOfNorms());
        // the last layer's feed-forward is gone through, and its weights' gradients are there; then the scores of its attention
        long feedForward = rows * bytes * (4L * model.intermediateSize() + model.hiddenSize() * norm());
        long found = all ? bytes * (head() + 3L * model.intermediateSize() * model.hiddenSize()) : 0;
        return Stream.of(new Moment(0, layers + rows * loss), new Moment(all ? bytes * head() : 0, layers + rows * backward),
                new Moment(found, layers - feedForward + scoresBackward()), widened(0));
    }

    private Stream<Moment> recomputed() {
        long hidden = rows * bytes * model.hiddenSize();
        long layers = model.layers();
        long ends = all ? (model.tiedEmbeddings() ? 1L : 2L) * head() : 0;
        long perLayer = (trained - ends) / layers;
        long endRows = Math.min(rows, TrainingMemory.END_ROWS);
        long logits = 3L * Float.BYTES * endRows;
        long sums = (3L * Float.BYTES + (in32Bits ? 0 : bytes)) * model.hiddenSize();
        long ofHead = all ? Math.max(Float.BYTES * model.hiddenSize() + logits, sums) : logits;
        long layer = rows <= ROWS_AT_ONCE ? layerAtOnce() : layerByRows();
        return Stream.of(
                new Moment(0, (layers + 3) * hidden + model.vocabSize() * ofHead),
                new Moment(all ? Float.BYTES * head() : 0, (layers - 1) * hidden + layer),
                new Moment(Float.BYTES * (trained - (all && !model.tiedEmbeddings() ? head() : 0) - perLayer), layer),
                widened(hidden));
    }

    /** Of a layer computed again: its feed-forward's backward pass while scores are kept, or that of scores. */
    private long layerAtOnce() {
        long beside = rows * bytes * (model.hiddenSize() * (NORMS_OF_LAYER * norm() + gradientsOfHidden()) + attention());
        return beside + scores() + Math.max(6L * rows * bytes * model.intermediateSize(), scoresBackward());
    }

    /**
     * The same where rows go through the feed-forward some at a time, as {@code gradients_by_rows} has it: the last of them, beside the
     * gradients of those before; then attention; then norms, which widen what they read and what they pass on.
     */
    private long layerByRows() {
        long width = model.hiddenSize();
        // the layer's input, which is the norm's in 32 bits, and the gradient for its output
        long given = width * (in32Bits ? 1 : 2);
        long kept = given + width * (norm() + 1) + attention();
        long fed = (rows - ROWS_AT_ONCE) * width + ROWS_AT_ONCE * (6L * model.intermediateSize() + width * (norm() + 1));
        // what was written once more is given back by then; gradients for the tables ask for what they turned
        long attended = kept + width + 4 * queries - (isWrittenAgain() ? queries : 0) + (trained == 0 && in32Bits ? queries + keys : 0);
        // beside what is kept of the layer's norm stand gradients of the feed-forward's rows, of keys and values, and what attention made
        long ofQueries = model.queryKeyNorm() ? given + width * (inputOfNorm() + (trained == 0 ? 3 : 4)) + 6 * wide * queries : 0;
        long ofNorm = width * (4 + 6 * wide);
        // sums of the feed-forward's gradients, and what comes to them
        long found = all ? 3L * model.intermediateSize() * width * (Float.BYTES + bytes) : 0;
        long ofScores = Math.max(bytes * (rows * kept + fed), bytes * rows * attended + scoresBackward()) + scores();
        return found + Math.max(ofScores, rows * bytes * Math.max(ofQueries, ofNorm));
    }

    /** At the end, when gradients in 16 bits are widened; of layers computed again only the embedding's are still in 16 bits. */
    private Moment widened(long activations) {
        long narrow = in32Bits ? 0 : bytes * (use.recompute() ? 0 : trained);
        long embedding = all && use.recompute() ? head() * ((in32Bits ? 0 : bytes) + (model.tiedEmbeddings() ? Float.BYTES : 0)) : 0;
        return new Moment(Float.BYTES * trained + narrow + embedding, activations);
    }

    private long keptOfLayer() {
        return rows * bytes * (model.hiddenSize() * NORMS_OF_LAYER * norm() + 4L * model.intermediateSize() + attention());
    }

    /** Numbers a row. */
    private long attention() {
        long norms = model.queryKeyNorm() ? (queries + keys) * inputOfNorm() : 0;
        return (isWrittenAgain() ? 3 : 2) * queries + 2 * keys + norms;
    }

    /** Where several sequences are put together, or heads share keys in 32 bits, what attention made is written once more. */
    private boolean isWrittenAgain() {
        return use.microBatch() > 1 || in32Bits && model.kvHeads() < model.heads();
    }

    /** Of a layer whose attention no fused call computes: what the backward pass reads of each score. */
    private long scores() {
        long numbers = (long) use.microBatch() * use.length() * use.length() * model.heads();
        return numbers * switch (model.positions()) {
            case ROPE, XPOS -> PassMemory.isFused(device, model, bytes) ? 0 : 2 * Float.BYTES;
            case ALIBI -> in32Bits ? Float.BYTES : Float.BYTES + bytes;
            case HWFA, HWFA_REROPE -> bytes;
        } + sumsOfBlocks(numbers);
    }

    /** By blocks of keys, what attention has made so far is kept for each. */
    private long sumsOfBlocks(long numbers) {
        boolean unlike = model.positions().isHybrid() || model.positions() == PositionEncoding.ALIBI;
        boolean byBlocks = !unlike && !PassMemory.isFused(device, model, bytes);
        return byBlocks ? numbers / PassMemory.PLAIN_ENTRIES * rows * Float.BYTES * model.heads() * model.headDim() : 0;
    }

    /** Of the same layer, beside that, while its attention is gone through backwards; by blocks where that is how scores are computed. */
    private long scoresBackward() {
        return switch (model.positions()) {
            case ROPE, XPOS -> 0;
            // in 16 bits the copy in 16 bits is given back before the softmax in f32 is gone through
            case ALIBI -> in32Bits ? 2 * scores() : scores();
            case HWFA, HWFA_REROPE -> 2 * scores();
        };
    }

    private long layersWithScores() {
        return switch (model.positions()) {
            case ROPE, XPOS, ALIBI, HWFA_REROPE -> model.layers();
            case HWFA -> model.windows().stream().filter(window -> window > 0).count();
        };
    }

    private long head() {
        return (long) model.vocabSize() * model.hiddenSize();
    }

    private long tables() {
        return 2L * Float.BYTES * use.length() * model.rope().pairs();
    }

    /** What a norm keeps of a number it reads: the input in 32 bits and, where norms are trained, the input scaled. */
    private long inputOfNorm() {
        return all ? 2 * wide : wide;
    }

    /**
     * The same with its result, which the products after it read: to find their weights' gradients. Where nothing is trained, f32 has no
     * use for it; in 16 bits what the norm widens on the way back takes its place.
     */
    private long norm() {
        return inputOfNorm() + (in32Bits && trained == 0 ? 0 : 1);
    }

    /** Before the head: with adapters nothing is trained there, and no gradient goes through its weights. */
    private long lastNorm() {
        return all ? norm() : 0;
    }

    /** When the last layer's feed-forward is gone through backwards: in 16 bits norms widen what reaches them and what they pass on. */
    private long gradientsOfNorms() {
        return (all ? wide : 0) + (in32Bits ? 0 : 2 * wide);
    }

    /** Of a number that goes from layer to layer: what is summed up in 32 bits, and what is passed on in the precision. */
    private long gradientsOfHidden() {
        return wide + 1;
    }
}
