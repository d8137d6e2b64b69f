package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.search.work.Daemons;
import io.longrope.search.work.Precision;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Layers taken from their checkpoint one after the other into two buffers in turn: while one layer is computed, a thread of its own reads
 * the next. What is computed with is what a resident model has, to the bit. A pass holds two layers of weights, whatever their number.
 */
final class StreamedLayers implements LayerWeights {

    private final Checkpoint checkpoint;
    private final PtNDManager manager;
    private final Precision precision;
    private final IntFunction<Map<String, PtNDArray>> further;
    private final Weights.Reader reader = new Weights.Reader();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Daemons.named("layers"));
    private final Buffer[] buffers = {new Buffer(), new Buffer()};
    private int aheadOf = -1;
    private Future<?> ahead;

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
     * @param manager holds the buffers
     * @param further what a layer has besides its weights, by the script's names
     */
    StreamedLayers(Checkpoint checkpoint, PtNDManager manager, Precision precision, IntFunction<Map<String, PtNDArray>> further) {
        this.checkpoint = checkpoint;
        this.manager = manager;
        this.precision = precision;
        this.further = further;
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
        if (index + 1 < checkpoint.config().layers()) {
            begin(index + 1);
        }
        return buffers[index % 2];
    }

    private void begin(int index) {
        if (aheadOf >= 0) {
            await();
        }
        aheadOf = index;
        ahead = thread.submit(() -> read(index, buffers[index % 2]));
    }

    private void read(int index, Buffer buffer) {
        Script.setThreads(1);
        buffer.release();
        var config = checkpoint.config();
        var tensors = new LinkedHashMap<String, PtNDArray>();
        for (var name : WeightName.ofLayer(config, index)) {
            var room = buffer.weights.get(name.key());
            if (room == null || !Arrays.equals(room.getShape().getShape(), name.shape())) {
                if (room != null) {
                    room.close();
                }
                room = reader.room(name.shape(), manager, precision);
                buffer.weights.put(name.key(), room);
            }
            reader.fill(room, name.open(checkpoint), manager, precision, Weights.offset(config, name));
            tensors.put(name.key(), room);
        }
        tensors.putAll(TrainedAttention.constants(manager, config, index));
        tensors.putAll(further.apply(index));
        buffer.tensors = tensors;
        buffer.dictionary = Script.dictionary(tensors);
    }

    /** Native code cannot be stopped: an interrupt waits. */
    private void await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    ahead.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            aheadOf = -1;
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a layer could not be read", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        try {
            if (aheadOf >= 0) {
                await();
            }
        } catch (RuntimeException e) {
            // of a layer that nobody waits for any more
        } finally {
            thread.shutdown();
            buffers[0].release();
            buffers[1].release();
        }
    }
}
