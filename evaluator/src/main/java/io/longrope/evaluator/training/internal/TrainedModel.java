package io.longrope.evaluator.training.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.decoder.internal.DeviceMemory;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.decoder.internal.WeightName;
import io.longrope.evaluator.decoder.internal.Weights;
import io.longrope.search.training.LoraSettings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A model being trained: all its weights as the script takes them, and among them, or beside them as adapters, the
 * parameters that change. In bf16 a parameter is the rounded copy of a float32 master, which the optimiser moves.
 */
final class TrainedModel implements AutoCloseable {

    private static final int F32 = PassPrecision.F32.scalarType();
    /** Parameters outside the layers. */
    static final int EMBEDDING = -1;
    static final int END = -2;

    private final PtNDManager manager;
    private final Script script = Script.instance();
    private final ModelConfig config;
    private final PassPrecision arithmetic;
    private final Optional<LoraSettings> lora;
    private final List<Parameter> parameters = new ArrayList<>();
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Weights weights;

    /**
     * @param name   as a checkpoint stores it, for adapters with a suffix
     * @param layer  its layer, or {@link #EMBEDDING} or {@link #END}
     * @param master what the optimiser moves
     * @param value  what the script computes with; the master itself, or its rounded copy
     */
    record Parameter(String name, long[] shape, int layer, PtNDArray master, PtNDArray value) {
    }

    /**
     * @param seed      decides the first values of adapters
     * @param attention what stands in the dictionaries of all layers for the device's call of attention
     */
    TrainedModel(PtNDManager manager, ModelConfig config, FirstWeights start, Optional<LoraSettings> lora, long seed,
                 PassPrecision arithmetic, Map<String, PtNDArray> attention) {
        this.manager = manager;
        this.config = config;
        this.arithmetic = arithmetic;
        this.lora = lora;
        var layers = layersByName();
        var random = new SplittableRandom(seed);
        weights = Weights.of(config, name -> weight(name, layers.getOrDefault(name.id(), END), start.tensor(name, manager)),
                layer -> {
                    var further = new LinkedHashMap<>(attention);
                    lora.ifPresent(settings -> further.putAll(adapters(settings, layer, random)));
                    return further;
                });
        parameters.forEach(parameter -> {
            byName.put(parameter.name(), parameter);
            parameter.value().setRequiresGradient(true);
        });
    }

    private Map<String, Integer> layersByName() {
        var layers = new LinkedHashMap<String, Integer>();
        layers.put(WeightName.EMBEDDING, EMBEDDING);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (var name : WeightName.ofLayer(config, layer)) {
                layers.put(name.id(), layer);
            }
        }
        return layers;
    }

    /** @param exact in float32; kept, or closed when another takes its place */
    private PtNDArray weight(WeightName name, int layer, PtNDArray exact) {
        if (lora.isEmpty()) {
            return parameter(name.id(), name.shape(), layer, exact);
        }
        var value = value(exact);
        if (value != exact) {
            exact.close();
        }
        return value;
    }

    private Map<String, PtNDArray> adapters(LoraSettings settings, int layer, SplittableRandom random) {
        var adapters = new LinkedHashMap<String, PtNDArray>();
        adapters.put("lora_scale", create(new float[] {(float) settings.scale()}));
        for (var name : WeightName.ofLayer(config, layer)) {
            if (settings.adapts(name.key())) {
                long out = name.shape()[0];
                long in = name.shape()[1];
                var a = new float[Math.toIntExact(settings.rank() * in)];
                double bound = 1 / Math.sqrt(in);
                for (int i = 0; i < a.length; i++) {
                    a[i] = (float) random.nextDouble(-bound, bound);
                }
                adapters.put(name.key() + "_lora_a", parameter(name.id() + ".lora_A", new long[] {settings.rank(), in}, layer,
                        create(a, settings.rank(), in)));
                adapters.put(name.key() + "_lora_b", parameter(name.id() + ".lora_B", new long[] {out, settings.rank()}, layer,
                        create(new float[Math.toIntExact(out * settings.rank())], out, settings.rank())));
            }
        }
        return adapters;
    }

    private PtNDArray parameter(String name, long[] shape, int layer, PtNDArray exact) {
        var value = value(exact);
        if (value != exact && !arithmetic.hasMasters()) {
            exact.close();
        }
        parameters.add(new Parameter(name, shape, layer, arithmetic.hasMasters() ? exact : value, value));
        return value;
    }

    /** In the type computed with: the same tensor, or a rounded copy. */
    private PtNDArray value(PtNDArray exact) {
        return arithmetic == PassPrecision.F32 ? exact : script.tensor(manager, "convert", exact, F32, arithmetic.scalarType(), 0.0);
    }

    private PtNDArray create(float[] values, long... shape) {
        try (var heap = DeviceMemory.of(manager, values, new Shape(shape))) {
            return DeviceMemory.copy(heap);
        }
    }

    ModelConfig config() {
        return config;
    }

    /** Those that change. */
    List<Parameter> parameters() {
        return parameters;
    }

    PtNDArray[] values() {
        return parameters.stream().map(Parameter::value).toArray(PtNDArray[]::new);
    }

    PtNDArray[] masters() {
        return parameters.stream().map(Parameter::master).toArray(PtNDArray[]::new);
    }

    IValue layer(int layer) {
        return weights.layers().get(layer);
    }

    IValue allLayers() {
        return weights.allLayers();
    }

    IValue ends() {
        return weights.ends();
    }

    PtNDArray embedding() {
        return weights.embedding();
    }

    /** Rounds the masters into what is computed with. */
    void refresh() {
        if (arithmetic.hasMasters()) {
            parameters.forEach(parameter -> script.run("assign", parameter.value(), parameter.master()));
        }
    }

    /** The weights as a checkpoint stores them, adapters merged in float32. */
    List<SafetensorsWriter.Source> checkpoint() {
        var stored = new LinkedHashMap<String, List<WeightName>>();
        WeightName.stored(config).forEach(name -> stored.computeIfAbsent(name.stored(), key -> new ArrayList<>()).add(name));
        var sources = new ArrayList<SafetensorsWriter.Source>();
        stored.forEach((tensor, parts) -> {
            var shape = parts.get(0).shape().clone();
            shape[0] = parts.get(0).storedRows();
            sources.add(new SafetensorsWriter.Source(tensor, shape, () -> joined(parts)));
        });
        return sources;
    }

    /** Parts of a fused tensor lie one after the other. */
    private float[] joined(List<WeightName> parts) {
        if (parts.size() == 1) {
            return merged(parts.get(0));
        }
        var values = parts.stream().map(this::merged).toList();
        var joined = new float[values.stream().mapToInt(part -> part.length).sum()];
        int filled = 0;
        for (var part : values) {
            System.arraycopy(part, 0, joined, filled, part.length);
            filled += part.length;
        }
        return joined;
    }

    private float[] merged(WeightName name) {
        try (var scope = (PtNDManager) manager.newSubManager()) {
            var weight = inF32(scope, weights.byName().get(name.id()));
            var a = byName.get(name.id() + ".lora_A");
            if (a == null) {
                return weight.toFloatArray();
            }
            var b = byName.get(name.id() + ".lora_B");
            return script.tensor(scope, "with_adapter", weight, inF32(scope, a.value()), inF32(scope, b.value()),
                    lora.orElseThrow().scale()).toFloatArray();
        }
    }

    private PtNDArray inF32(PtNDManager scope, PtNDArray tensor) {
        return arithmetic == PassPrecision.F32 ? tensor : script.tensor(scope, "convert", tensor, F32, F32, 0.0);
    }

    @Override
    public void close() {
        weights.close();
    }
}
