package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.LayerRange;
import io.longrope.search.work.Daemons;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Uninterrupted;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Layers taken from their checkpoint one after the other into two buffers in turn: while one layer is computed, threads of their own read
 * the next, and on a GPU upload it. What is computed with is what a resident model has, to the bit. A pass holds two layers of weights
 * beside those that stay in memory.
 */
final class StreamedLayers implements LayerWeights {

    /** One thread copies from the page cache slower than a GPU takes it; a CPU's cores have the arithmetic to do. */
    private static final int READERS_OF_GPU = 4;

    private final Checkpoint checkpoint;
    private final PtNDManager manager;
    private final Precision precision;
    private final LayerRange range;
    private final IntFunction<Map<String, PtNDArray>> further;
    private final PtNDArray like;
    private final ExecutorService threads;
    private final Queue<WeightReader> readers = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<WeightReader> reader = ThreadLocal.withInitial(this::newReader);
    private final Buffer[] buffers = {new Buffer(), new Buffer()};
    private int aheadOf = -1;
    private List<Future<?>> ahead = List.of();

    /** One layer's tensors; those of the last but one are written over where their shapes are equal. */
    private static final class Buffer {

        private final Map<String, PtNDArray> weights = new HashMap<>();
        private Map<String, PtNDArray> tensors = Map.of();
        private IValue dictionary;

        private void release() {
            if (dictionary != null) {
                dictionary.close();
                dictionary = null;
            }
        }
    }

    /**
     * Begins with the first of them.
     *
     * @param manager holds the buffers
     * @param range   which layers are read
     * @param further what a layer has besides its weights, by the script's names
     * @param like    a tensor of the precision on the device
     */
    StreamedLayers(Checkpoint checkpoint, PtNDManager manager, Precision precision, LayerRange range,
            IntFunction<Map<String, PtNDArray>> further, PtNDArray like) {
        this.checkpoint = checkpoint;
        this.manager = manager;
        this.precision = precision;
        this.range = range;
        this.further = further;
        this.like = like;
        threads = Executors.newFixedThreadPool(isOnGpu() ? READERS_OF_GPU : 1, Daemons.named("layers"));
        try {
            beginNext(range.from());
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private boolean isOnGpu() {
        return manager.getDevice().isGpu();
    }

    /** Of the thread that asks for it. */
    private WeightReader newReader() {
        Script.setThreads(1);
        if (isOnGpu()) {
            CopyStream.use(like);
        }
        var made = new WeightReader();
        readers.add(made);
        return made;
    }

    @Override
    public IValue layer(int index) {
        return buffer(index).dictionary;
    }

    @Override
    public IValue layerWith(int index, Map<String, PtNDArray> more) {
        var tensors = new LinkedHashMap<>(buffer(index).tensors);
        tensors.putAll(more);
        return Script.dictionary(tensors);
    }

    /** Waits for the layer, and has the next read into the other buffer, whose layer has been computed. */
    private Buffer buffer(int index) {
        if (aheadOf != index) {
            begin(index);
        }
        await();
        if (isOnGpu()) {
            // a GPU may have been asked for that layer and not be through with it
            Script.await(like);
        }
        beginNext(index + 1);
        return of(index);
    }

    private void beginNext(int from) {
        int next = from;
        while (next < range.to() && !range.isStreamed(next)) {
            next++;
        }
        if (next < range.to()) {
            begin(next);
        }
    }

    private Buffer of(int index) {
        return buffers[range.streamedBefore(index) % 2];
    }

    private void begin(int index) {
        await();
        aheadOf = index;
        var buffer = of(index);
        buffer.release();
        var config = checkpoint.config();
        var tensors = new LinkedHashMap<String, PtNDArray>();
        var reading = new ArrayList<Future<?>>();
        // rooms are made in this thread: memory that a GPU's stream was given belongs to that stream
        for (var name : WeightName.ofLayer(config, index)) {
            var room = buffer.weights.get(name.key());
            if (room == null || !Arrays.equals(room.getShape().getShape(), name.shape())) {
                if (room != null) {
                    room.close();
                }
                room = WeightTensors.room(name.shape(), manager, precision);
                buffer.weights.put(name.key(), room);
            }
            tensors.put(name.key(), room);
        }
        tensors.putAll(TrainedAttention.constants(manager, config, index));
        tensors.putAll(further.apply(index));
        buffer.tensors = tensors;
        buffer.dictionary = Script.dictionary(tensors);
        for (var name : WeightName.ofLayer(config, index)) {
            reading.add(threads.submit(() -> reader.get().fill(buffer.weights.get(name.key()), name.open(checkpoint), precision,
                    Weights.offset(config, name))));
        }
        ahead = reading;
    }

    /** All that is being read, whether it fails or not. Native code cannot be stopped: an interrupt waits. */
    private void await() {
        Throwable failure = null;
        for (var reading : ahead) {
            try {
                Uninterrupted.get(reading);
            } catch (ExecutionException e) {
                failure = failure == null ? e.getCause() : failure;
            }
        }
        ahead = List.of();
        if (failure != null) {
            aheadOf = -1;
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            throw new IllegalStateException("a layer could not be read", failure);
        }
    }

    @Override
    public void close() {
        try {
            await();
        } catch (RuntimeException e) {
            // of a layer that nobody waits for any more
        } finally {
            threads.shutdown();
            readers.forEach(WeightReader::close);
            buffers[0].release();
            buffers[1].release();
        }
    }
}
