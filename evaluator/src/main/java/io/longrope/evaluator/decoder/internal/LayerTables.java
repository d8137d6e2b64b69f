package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What every layer on a device is given beside hidden states, for positions from 0 on: rotary tables, query scales, window and
 * dictionary. Layers with a base of their own are left out of the extension.
 *
 * <p>Tables are made when a layer asks for them, once for all layers in a row whose factors are equal. A pass that goes through the
 * layers once holds those of one set of factors at a time, beside those of the layers left out.
 */
public final class LayerTables implements AutoCloseable {

    private final PtNDManager manager;
    private final Weights weights;
    private final LayerWeights layerWeights;
    private final ModelConfig config;
    private final int length;
    private final Candidate candidate;
    private final Attention attention;
    private final boolean keepsAllLayers;
    private final QueryScaling scaling;
    private final PtNDArray unscaled;
    private final PtNDArray scaled;
    private final Rotary.Tables none;
    private final Map<Candidate, Group> extended = new HashMap<>();
    private final Layer[] layers;
    private Group local;

    /**
     * One layer's.
     *
     * @param cos        [T, P] f32, or [T, 0] in a layer that does not rotate
     * @param sin        as {@code cos}
     * @param queryScale [T] f32, or [0] when queries are not scaled
     * @param window     positions a query sees, itself included; 0 = all before it
     * @param weights    its dictionary
     * @param isOwn      whether the dictionary was made for this pass, and is closed with it
     */
    public record Layer(PtNDArray cos, PtNDArray sin, PtNDArray queryScale, int window, IValue weights, boolean isOwn) {
    }

    /** The tensors of layers with equal factors. */
    private record Group(PtNDManager manager, Rotary.Tables tables, AttentionInputs inputs) {
    }

    private LayerTables(PtNDManager manager, Weights weights, int length, Candidate candidate, Attention attention,
            boolean keepsAllLayers) {
        this.manager = manager;
        this.weights = weights;
        this.config = weights.config();
        this.length = length;
        this.candidate = candidate;
        this.attention = attention;
        this.keepsAllLayers = keepsAllLayers;
        var empty = DeviceMemory.zeros(manager, new Shape(length, 0));
        none = new Rotary.Tables(empty, empty);
        scaling = config.positions().isHybrid() ? QueryScaling.LOG_N : attention.scaling();
        unscaled = DeviceMemory.of(manager, new float[0]);
        // ReRoPE stretches what config.json describes, other methods what it was before
        int trained = attention.turnsKeysTwice() ? config.maxPositions() : config.rope().originalLength();
        scaled = scaling == QueryScaling.NONE ? unscaled : scales(trained);
        layers = new Layer[config.layers()];
        layerWeights = weights.pass(manager);
    }

    /** @param keepsAllLayers what a layer was given stays until this is closed, for passes that come again; so do the keys ReRoPE keeps */
    public static LayerTables of(PtNDManager manager, Weights weights, int length, Candidate candidate, Attention attention,
            boolean keepsAllLayers) {
        var config = weights.config();
        Require.that(candidate.factors().layers() == 1 || candidate.factors().layers() == config.layers(), "candidate.factors",
                "must have one row, or one per layer (" + config.layers() + ")", candidate.factors().layers());
        Require.that(config.positions() == PositionEncoding.ROPE
                        || attention.equals(Attention.TRAINED) && candidate.equals(Candidate.original(config.rope().pairs())), "model",
                "must have RoPE for any method but original", config.positions());
        Require.that(!keepsAllLayers || weights.range().streamed() == 0, "layers",
                "must all be in memory where each is asked for again and again",
                "read one after the other");
        return new LayerTables(manager, weights, length, candidate, attention, keepsAllLayers);
    }

    /** What a layer is given; without {@code keepsAllLayers} only until the next layer is asked for. */
    public Layer layer(int index) {
        if (layers[index] == null) {
            if (!keepsAllLayers) {
                IntStream.range(0, layers.length).forEach(this::forget);
            }
            layers[index] = make(index);
        }
        return layers[index];
    }

    private Layer make(int index) {
        boolean isLocal = isLocal(index);
        var geometry = geometry(isLocal);
        var row = isLocal ? Candidate.original(config.rope().pairs())
                : candidate.withFactors(RescaleFactors.of(candidate.factors().layer(candidate.factors().layers() == 1 ? 0 : index)));
        var group = isLocal ? local(geometry, row) : extended(geometry, row);
        var tables = TrainedAttention.isRotated(config, index) ? group.tables() : none;
        var more = group.inputs().of(index, attention, geometry, row);
        return new Layer(tables.cos(), tables.sin(), config.positions().isHybrid() && config.window(index) > 0 ? unscaled : scaled,
                attention.window(config.window(index)),
                more.isEmpty() ? layerWeights.layer(index) : layerWeights.layerWith(index, more), !more.isEmpty());
    }

    private Group local(RopeGeometry geometry, Candidate row) {
        if (local == null) {
            local = group(geometry, row);
        }
        return local;
    }

    private Group extended(RopeGeometry geometry, Candidate row) {
        if (!keepsAllLayers && !extended.containsKey(row)) {
            extended.values().forEach(group -> group.manager().close());
            extended.clear();
        }
        return extended.computeIfAbsent(row, key -> group(geometry, row));
    }

    private Group group(RopeGeometry geometry, Candidate row) {
        var own = (PtNDManager) manager.newSubManager();
        var positions = IntStream.range(0, length).asDoubleStream().toArray();
        return new Group(own, new Rotary(geometry).tables(own, positions, row)[0],
                new AttentionInputs(own, weights, length, keepsAllLayers));
    }

    private RopeGeometry geometry(boolean isLocal) {
        var rope = config.rope();
        return isLocal ? new RopeGeometry(rope.rotaryDim(), config.variant().localTheta().getAsDouble(), rope.originalLength()) : rope;
    }

    private PtNDArray scales(int trained) {
        var factors = new float[length];
        for (int i = 0; i < length; i++) {
            factors[i] = (float) scaling.at(i, trained);
        }
        return DeviceMemory.of(manager, factors);
    }

    private boolean isLocal(int layer) {
        return config.variant().localTheta().isPresent() && config.window(layer) > 0;
    }

    private void forget(int index) {
        if (layers[index] != null && layers[index].isOwn()) {
            layers[index].weights().close();
        }
        layers[index] = null;
    }

    /** The tensors belong to the manager. */
    @Override
    public void close() {
        IntStream.range(0, layers.length).forEach(this::forget);
        layerWeights.close();
    }
}
