package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.StoredTensor;
import io.longrope.search.work.Precision;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A model's weights as the script takes them: one dictionary per layer and one for both ends, wrapped once. The tensors
 * belong to the manager they were made with; closing this releases the wrappers only.
 */
public final class Weights implements AutoCloseable {

    /**
     * Of a file in memory at a time. Parts come and go between weights that stay: the holes that they leave are too small for a weight,
     * so they must be small beside all of them.
     */
    private static final int PART_BYTES = 1 << 20;

    private final ModelConfig config;
    private final Map<String, PtNDArray> byName;
    private final List<Map<String, PtNDArray>> layerTensors = new ArrayList<>();
    private final List<IValue> layers = new ArrayList<>();
    /** Each holds the tensors in it, whoever else closes them. */
    private final List<IValue> wrapped = new ArrayList<>();
    private final Function<PtNDManager, LayerWeights> passes;
    /** Of a model in memory. */
    private final IValue allLayers;
    private final IValue ends;
    private final PtNDArray embedding;

    /** @param streamed gives a pass its layers; empty = all are in memory */
    private Weights(ModelConfig config, Map<String, PtNDArray> byName, IntFunction<Map<String, PtNDArray>> further,
            Optional<Function<PtNDManager, LayerWeights>> streamed) {
        this.config = config;
        this.byName = byName;
        passes = streamed.orElse(manager -> new Resident());
        embedding = byName.get(WeightName.EMBEDDING);
        var manager = (PtNDManager) embedding.getManager();
        try {
            for (int layer = 0; layer < config.layers() && streamed.isEmpty(); layer++) {
                var tensors = new LinkedHashMap<String, PtNDArray>();
                for (var name : WeightName.ofLayer(config, layer)) {
                    tensors.put(name.key(), byName.get(name.id()));
                }
                tensors.putAll(TrainedAttention.constants(manager, config, layer));
                tensors.putAll(further.apply(layer));
                layerTensors.add(tensors);
                layers.add(kept(Script.dictionary(tensors)));
            }
            allLayers = streamed.isPresent() ? null : kept(Script.list(layers));
            var tensors = new LinkedHashMap<String, PtNDArray>();
            tensors.put("embedding", embedding);
            for (var name : WeightName.ofEnds(config)) {
                tensors.put(name.key(), byName.get(name.id()));
            }
            ends = kept(Script.dictionary(tensors));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private IValue kept(IValue value) {
        wrapped.add(value);
        return value;
    }

    /**
     * Converts every tensor to the precision asked for, reading it part by part.
     *
     * @param further what a layer has besides, by the script's names
     */
    public static Weights load(Checkpoint checkpoint, PtNDManager manager, Precision precision,
            IntFunction<Map<String, PtNDArray>> further) {
        var config = checkpoint.config();
        var reader = new Reader();
        return of(config, name -> reader.read(name.open(checkpoint), manager, precision, offset(config, name)), further);
    }

    /** The same, but that of the layers nothing is in memory: each pass reads them one after the other. */
    public static Weights stream(Checkpoint checkpoint, PtNDManager manager, Precision precision,
            IntFunction<Map<String, PtNDArray>> further) {
        var config = checkpoint.config();
        var reader = new Reader();
        var byName = new LinkedHashMap<String, PtNDArray>();
        for (var name : WeightName.stored(config)) {
            if (name.isOfEnds()) {
                byName.put(name.id(), reader.read(name.open(checkpoint), manager, precision, offset(config, name)));
            }
        }
        return new Weights(config, byName, further, Optional.of(scope -> new StreamedLayers(checkpoint, scope, precision, further)));
    }

    /** Added to every element: some families store norms without their 1. */
    static double offset(ModelConfig config, WeightName name) {
        return name.isNorm() && config.variant().offsetNorms() ? 1 : 0;
    }

    /**
     * @param source  gives the tensor of a weight
     * @param further what a layer has besides, by the script's names
     */
    public static Weights of(ModelConfig config, Function<WeightName, PtNDArray> source, IntFunction<Map<String, PtNDArray>> further) {
        var byName = new LinkedHashMap<String, PtNDArray>();
        for (var name : WeightName.stored(config)) {
            byName.put(name.id(), source.apply(name));
        }
        return new Weights(config, byName, further, Optional.empty());
    }

    /** Normally distributed, of a magnitude usual for weights. */
    public static PtNDArray random(PtNDManager manager, Precision precision, long... shape) {
        try (var values = (PtNDArray) manager.randomNormal(0, 0.02f, new Shape(shape), DataType.FLOAT32)) {
            return converted(values, precision);
        }
    }

    /** The same values in another precision, on the same device. */
    public static PtNDArray converted(PtNDArray values, Precision precision) {
        return Script.instance().tensor((PtNDManager) values.getManager(), "convert", values, scalarType(Precision.F32),
                scalarType(precision), 0.0);
    }

    /** Brings stored tensors into memory. One thread at a time. */
    public static final class Reader {

        /** Direct memory for one part. */
        private final ByteBuffer staging;

        public Reader() {
            this(ByteBuffer.allocateDirect(PART_BYTES));
        }

        /** @param staging of a whole number of elements */
        Reader(ByteBuffer staging) {
            this.staging = staging;
        }

        /**
         * In parts that are converted one after the other into their place: the file's format is never in memory as a whole.
         *
         * @param offset added to every element
         */
        public PtNDArray read(StoredTensor stored, PtNDManager manager, Precision precision, double offset) {
            var whole = room(stored.shape(), manager, precision);
            fill(whole, stored, manager, precision, offset);
            return whole;
        }

        /** Of a weight, with nothing in it. */
        PtNDArray room(long[] sizes, PtNDManager manager, Precision precision) {
            var script = Script.instance();
            try (var scope = (PtNDManager) manager.newSubManager(); var like = DeviceMemory.of(scope, new float[0]);
                 var empty = script.tensor(scope, "convert", like, scalarType(Precision.F32), scalarType(precision), 0.0);
                 var shape = IValue.listFrom(sizes)) {
                return script.tensor(manager, "room", empty, shape);
            }
        }

        /** @param whole is written over */
        void fill(PtNDArray whole, StoredTensor stored, PtNDManager manager, Precision precision, double offset) {
            // the JNI knows no bf16: its bits travel as f16 and are reinterpreted by the script
            var carrier = switch (stored.type()) {
                case F32 -> DataType.FLOAT32;
                case F16, BF16 -> DataType.FLOAT16;
            };
            var script = Script.instance();
            try (var scope = (PtNDManager) manager.newSubManager()) {
                var filled = new long[1];
                stored.read(staging, part -> {
                    long elements = part.remaining() / stored.type().bytes();
                    try (var bits = DeviceMemory.of(scope, part, new Shape(elements), carrier)) {
                        script.run("put", whole, filled[0], bits, scalarType(stored.type()), scalarType(precision), offset);
                    }
                    filled[0] += elements;
                });
            }
        }
    }

    private static int scalarType(io.longrope.evaluator.checkpoint.DataType type) {
        return switch (type) {
            case F32 -> 6;
            case F16 -> 5;
            case BF16 -> 15;
        };
    }

    private static int scalarType(Precision precision) {
        return switch (precision) {
            case F32 -> 6;
            case F16 -> 5;
            case BF16 -> 15;
        };
    }

    public ModelConfig config() {
        return config;
    }

    /** Tensors by {@link WeightName#id}; a tied head appears once, as the embedding. */
    public Map<String, PtNDArray> byName() {
        return byName;
    }

    public List<IValue> layers() {
        return layers;
    }

    /** Whether layers are read anew for each pass. */
    boolean isStreamed() {
        return allLayers == null;
    }

    /**
     * The layers for one pass; closed by the caller.
     *
     * @param scope holds what is brought into memory for it
     */
    LayerWeights pass(PtNDManager scope) {
        return passes.apply(scope);
    }

    /** Of a model in memory. */
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

    public IValue allLayers() {
        return allLayers;
    }

    /** "embedding", "norm" and "head". */
    public IValue ends() {
        return ends;
    }

    /** [V, D] */
    public PtNDArray embedding() {
        return embedding;
    }

    @Override
    public void close() {
        wrapped.forEach(IValue::close);
    }
}
