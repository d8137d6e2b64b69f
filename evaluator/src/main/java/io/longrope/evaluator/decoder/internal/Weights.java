package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.AttentionCall;
import io.longrope.evaluator.decoder.LayerRange;
import io.longrope.search.work.Precision;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The weights that a device has of a model, as the script takes them: a dictionary per layer and one for both ends, wrapped once. The
 * tensors belong to the manager they were made with; closing this releases the wrappers only.
 */
public final class Weights implements AutoCloseable {

    private final ModelConfig config;
    private final Map<String, PtNDArray> byName;
    private final List<Map<String, PtNDArray>> layerTensors = new ArrayList<>();
    private final List<IValue> layers = new ArrayList<>();
    private final Map<Integer, IValue> trained = new HashMap<>();
    /** Each holds the tensors in it, whoever else closes them. */
    private final List<IValue> wrapped = new ArrayList<>();
    private final Function<PtNDManager, LayerWeights> passes;
    private final LayerRange range;
    private final PtNDArray like;
    /** Of a whole model in memory. */
    private final IValue allLayers;
    private final IValue ends;

    /** @param streamed gives a pass those layers that are not in memory */
    private Weights(ModelConfig config, LayerRange range, PtNDManager manager, PtNDArray like, Map<String, PtNDArray> byName,
            IntFunction<Map<String, PtNDArray>> further, Function<PtNDManager, LayerWeights> streamed) {
        this.config = config;
        this.range = range;
        this.like = like;
        this.byName = byName;
        passes = scope -> range.streamed() == 0 ? new Resident() : new Mixed(streamed.apply(scope));
        try {
            for (int layer = 0; layer < config.layers(); layer++) {
                if (!holds(range, layer)) {
                    layerTensors.add(Map.of());
                    layers.add(null);
                    continue;
                }
                var tensors = new LinkedHashMap<String, PtNDArray>();
                for (var name : WeightName.ofLayer(config, layer)) {
                    tensors.put(name.key(), byName.get(name.id()));
                }
                tensors.putAll(TrainedAttention.constants(manager, config, layer));
                tensors.putAll(further.apply(layer));
                layerTensors.add(tensors);
                layers.add(kept(Script.dictionary(tensors)));
            }
            allLayers = layers.contains(null) ? null : kept(Script.list(layers));
            var tensors = new LinkedHashMap<String, PtNDArray>();
            if (hasEmbedding()) {
                tensors.put("embedding", byName.get(WeightName.EMBEDDING));
            }
            if (hasHead()) {
                WeightName.ofEnds(config).forEach(name -> tensors.put(name.key(), byName.get(name.id())));
            }
            ends = tensors.isEmpty() ? null : kept(Script.dictionary(tensors));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private static boolean holds(LayerRange range, int layer) {
        return layer >= range.from() && layer < range.to() && !range.isStreamed(layer);
    }

    private IValue kept(IValue value) {
        wrapped.add(value);
        return value;
    }

    /** A whole model in memory. */
    public static Weights load(Checkpoint checkpoint, PtNDManager manager, Precision precision,
            IntFunction<Map<String, PtNDArray>> further) {
        return load(checkpoint, manager, precision, LayerRange.all(checkpoint.config().layers()), further);
    }

    /**
     * Converts every tensor to the precision asked for, reading it part by part. Streamed layers are left in their files: each pass reads
     * them one after the other.
     *
     * @param manager of the device that has these layers
     * @param range   with the first layer comes the embedding, with the last one the final norm and the head
     * @param further what a layer has besides, by the script's names
     */
    public static Weights load(Checkpoint checkpoint, PtNDManager manager, Precision precision, LayerRange range,
            IntFunction<Map<String, PtNDArray>> further) {
        var config = checkpoint.config();
        var byName = new LinkedHashMap<String, PtNDArray>();
        try (var reader = new WeightReader()) {
            for (var name : inMemory(config, range)) {
                byName.put(name.id(), reader.read(name.open(checkpoint), manager, precision, offset(config, name)));
            }
        }
        var like = WeightTensors.room(new long[] {1}, manager, precision);
        return new Weights(config, range, manager, like, byName, further,
                scope -> new StreamedLayers(checkpoint, scope, precision, range, further, like));
    }

    /** Each once, in the order checkpoints list them. */
    private static Collection<WeightName> inMemory(ModelConfig config, LayerRange range) {
        var names = new LinkedHashMap<String, WeightName>();
        if (range.from() == 0) {
            names.put(WeightName.EMBEDDING, WeightName.embedding(config));
        }
        for (int layer = range.from(); layer < range.to(); layer++) {
            if (holds(range, layer)) {
                WeightName.ofLayer(config, layer).forEach(name -> names.put(name.id(), name));
            }
        }
        if (range.to() == config.layers()) {
            WeightName.ofEnds(config).forEach(name -> names.putIfAbsent(name.id(), name));
        }
        return names.values();
    }

    /** Added to every element: some families store norms without their 1. */
    static double offset(ModelConfig config, WeightName name) {
        return name.isNorm() && config.variant().offsetNorms() ? 1 : 0;
    }

    /**
     * A whole model.
     *
     * @param source  gives the tensor of a weight
     * @param further what a layer has besides, by the script's names
     */
    public static Weights of(ModelConfig config, Function<WeightName, PtNDArray> source, IntFunction<Map<String, PtNDArray>> further) {
        var byName = new LinkedHashMap<String, PtNDArray>();
        for (var name : WeightName.stored(config)) {
            byName.put(name.id(), source.apply(name));
        }
        var embedding = byName.get(WeightName.EMBEDDING);
        return new Weights(config, LayerRange.all(config.layers()), (PtNDManager) embedding.getManager(), embedding, byName, further,
                scope -> {
            throw new IllegalStateException("all layers are in memory");
        });
    }

    public ModelConfig config() {
        return config;
    }

    /** Tensors by {@link WeightName#id}; a tied head appears once, as the embedding. */
    public Map<String, PtNDArray> byName() {
        return byName;
    }

    /** null in place of those that are not in this memory. */
    public List<IValue> layers() {
        return layers;
    }

    /**
     * A layer's dictionary for a pass backwards: as {@link AttentionCall#forTraining}, FlashAttention takes the place of cuDNN's call.
     *
     * @param index of one in memory
     */
    IValue forTraining(int index) {
        if (!layerTensors.get(index).containsKey(AttentionCall.CUDNN.key())) {
            return layers.get(index);
        }
        synchronized (trained) {
            return trained.computeIfAbsent(index, layer -> {
                var tensors = new LinkedHashMap<>(layerTensors.get(layer));
                tensors.remove(AttentionCall.CUDNN.key());
                return kept(Script.dictionary(tensors));
            });
        }
    }

    /** The layers that these are of. */
    public LayerRange range() {
        return range;
    }

    /**
     * The layers for one pass; closed by the caller.
     *
     * @param scope holds what is brought into memory for it
     */
    LayerWeights pass(PtNDManager scope) {
        return passes.apply(scope);
    }

    /** Those in memory. */
    private final class Resident implements LayerWeights {

        @Override
        public IValue layer(int index) {
            return layers.get(index);
        }

        @Override
        public IValue layerWith(int index, Map<String, PtNDArray> more) {
            var tensors = new LinkedHashMap<>(layerTensors.get(index));
            tensors.putAll(more);
            return Script.dictionary(tensors);
        }

        @Override
        public void close() {
        }
    }

    /** Some in memory, the others read when their turn comes. */
    private final class Mixed implements LayerWeights {

        private final LayerWeights resident = new Resident();
        private final LayerWeights streamed;

        private Mixed(LayerWeights streamed) {
            this.streamed = streamed;
        }

        private LayerWeights of(int index) {
            return range.isStreamed(index) ? streamed : resident;
        }

        @Override
        public IValue layer(int index) {
            return of(index).layer(index);
        }

        @Override
        public IValue layerWith(int index, Map<String, PtNDArray> more) {
            return of(index).layerWith(index, more);
        }

        @Override
        public void close() {
            streamed.close();
        }
    }

    public IValue allLayers() {
        return allLayers;
    }

    /** "embedding" where the first layer is, "norm" and "head" where the last one is. */
    public IValue ends() {
        return ends;
    }

    public boolean hasEmbedding() {
        return range.from() == 0;
    }

    public boolean hasHead() {
        return range.to() == config.layers();
    }

    /** [V, D], where the first layer is. */
    public PtNDArray embedding() {
        return byName.get(WeightName.EMBEDDING);
    }

    /** Some tensor of their precision on their device. */
    public PtNDArray like() {
        return like;
    }

    @Override
    public void close() {
        wrapped.forEach(IValue::close);
    }
}
