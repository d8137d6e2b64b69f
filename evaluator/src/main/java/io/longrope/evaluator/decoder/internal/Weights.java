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
    private final IValue allLayers;
    private final IValue ends;
    private final PtNDArray embedding;

    private Weights(ModelConfig config, Map<String, PtNDArray> byName, IntFunction<Map<String, PtNDArray>> further) {
        this.config = config;
        this.byName = byName;
        embedding = byName.get(WeightName.EMBEDDING);
        var manager = (PtNDManager) embedding.getManager();
        try {
            for (int layer = 0; layer < config.layers(); layer++) {
                var tensors = new LinkedHashMap<String, PtNDArray>();
                for (var name : WeightName.ofLayer(config, layer)) {
                    tensors.put(name.key(), byName.get(name.id()));
                }
                tensors.putAll(TrainedAttention.constants(manager, config, layer));
                tensors.putAll(further.apply(layer));
                layerTensors.add(tensors);
                layers.add(kept(Script.dictionary(tensors)));
            }
            allLayers = kept(Script.list(layers));
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
        return of(config, name ->
                reader.read(name.open(checkpoint), manager, precision, name.isNorm() && config.variant().offsetNorms() ? 1 : 0), further);
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
        return new Weights(config, byName, further);
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
            // the JNI knows no bf16: its bits travel as f16 and are reinterpreted by the script
            var carrier = switch (stored.type()) {
                case F32 -> DataType.FLOAT32;
                case F16, BF16 -> DataType.FLOAT16;
            };
            var script = Script.instance();
            try (var scope = (PtNDManager) manager.newSubManager(); var like = DeviceMemory.of(scope, new float[0]);
                 var empty = script.tensor(scope, "convert", like, scalarType(Precision.F32), scalarType(precision), 0.0);
                 var shape = IValue.listFrom(stored.shape())) {
                var whole = script.tensor(manager, "room", empty, shape);
                var filled = new long[1];
                stored.read(staging, part -> {
                    long elements = part.remaining() / stored.type().bytes();
                    try (var bits = DeviceMemory.of(scope, part, new Shape(elements), carrier)) {
                        script.run("put", whole, filled[0], bits, scalarType(stored.type()), scalarType(precision), offset);
                    }
                    filled[0] += elements;
                });
                return whole;
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

    /** One layer's dictionary with more in it. Whoever asks for it closes it. */
    IValue layerWith(int layer, Map<String, PtNDArray> more) {
        var tensors = new LinkedHashMap<>(layerTensors.get(layer));
        tensors.putAll(more);
        return Script.dictionary(tensors);
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
