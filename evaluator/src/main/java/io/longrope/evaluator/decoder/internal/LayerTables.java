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
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What every layer is given beside hidden states, for positions from 0 on: rotary tables, query scales, window and
 * dictionary. Layers with a base of their own are left out of the extension.
 */
public final class LayerTables implements AutoCloseable {

    private final ModelConfig config;
    private final Rotary.Tables[] extended;
    private final Rotary.Tables[] local;
    private final Rotary.Tables none;
    private final PtNDArray unscaled;
    private final PtNDArray scaled;
    private final QueryScaling scaling;
    private final int[] windows;
    private final List<IValue> weights;
    private final List<IValue> made = new ArrayList<>();

    private LayerTables(PtNDManager manager, Weights weights, int length, Candidate candidate, Attention attention, boolean keepsAllLayers) {
        config = weights.config();
        var positions = IntStream.range(0, length).asDoubleStream().toArray();
        extended = new Rotary(config.rope()).tables(manager, positions, candidate);
        local = config.variant().localTheta().isEmpty() ? extended
                : new Rotary(geometry(true)).tables(manager, positions, Candidate.original(config.rope().pairs()));
        var empty = (PtNDArray) manager.zeros(new Shape(length, 0));
        none = new Rotary.Tables(empty, empty);
        scaling = config.positions().isHybrid() ? QueryScaling.LOG_N : attention.scaling();
        unscaled = (PtNDArray) manager.create(new float[0]);
        // ReRoPE stretches what config.json describes, other methods what it was before
        int trained = attention instanceof Attention.ReRope ? config.maxPositions() : config.rope().originalLength();
        scaled = scaling == QueryScaling.NONE ? unscaled : scales(manager, length, trained);
        windows = IntStream.range(0, config.layers()).map(layer -> AttentionInputs.window(config, layer, attention)).toArray();
        var inputs = new AttentionInputs(manager, weights, length, keepsAllLayers);
        this.weights = new ArrayList<>(weights.layers());
        for (int layer = 0; layer < config.layers(); layer++) {
            var more = inputs.of(layer, attention, geometry(isLocal(layer)), isLocal(layer) ? Candidate.original(config.rope().pairs()) : candidate);
            if (!more.isEmpty()) {
                made.add(weights.layerWith(layer, more));
                this.weights.set(layer, made.get(made.size() - 1));
            }
        }
    }

    /** @param keepsAllLayers keys of all layers are kept, not of one at a time */
    public static LayerTables of(PtNDManager manager, Weights weights, int length, Candidate candidate, Attention attention, boolean keepsAllLayers) {
        var config = weights.config();
        Require.that(candidate.factors().layers() == 1 || candidate.factors().layers() == config.layers(), "candidate.factors",
                "must have one row, or one per layer (" + config.layers() + ")", candidate.factors().layers());
        Require.that(config.positions() == PositionEncoding.ROPE
                        || attention.equals(Attention.TRAINED) && candidate.equals(Candidate.original(config.rope().pairs())), "model",
                "must have RoPE for any method but original", config.positions());
        return new LayerTables(manager, weights, length, candidate, attention, keepsAllLayers);
    }

    private RopeGeometry geometry(boolean isLocal) {
        var rope = config.rope();
        return isLocal ? new RopeGeometry(rope.rotaryDim(), config.variant().localTheta().getAsDouble(), rope.originalLength()) : rope;
    }

    private PtNDArray scales(PtNDManager manager, int length, int trained) {
        var factors = new float[length];
        for (int i = 0; i < length; i++) {
            factors[i] = (float) scaling.at(i, trained);
        }
        return (PtNDArray) manager.create(factors);
    }

    private boolean isLocal(int layer) {
        return config.variant().localTheta().isPresent() && config.window(layer) > 0;
    }

    private Rotary.Tables of(int layer) {
        if (!TrainedAttention.isRotated(config, layer)) {
            return none;
        }
        return isLocal(layer) ? local[0] : extended[extended.length == 1 ? 0 : layer];
    }

    /** [T, P], or [T, 0] in a layer that does not rotate. */
    public PtNDArray cos(int layer) {
        return of(layer).cos();
    }

    /** [T, P], or [T, 0] in a layer that does not rotate. */
    public PtNDArray sin(int layer) {
        return of(layer).sin();
    }

    /** [T], or [0] when queries are not scaled. */
    public PtNDArray queryScale(int layer) {
        return config.positions().isHybrid() && config.window(layer) > 0 ? unscaled : scaled;
    }

    /** Positions a query sees, itself included; 0 = all before it. */
    public int window(int layer) {
        return windows[layer];
    }

    /** Its dictionary. */
    public IValue weights(int layer) {
        return weights.get(layer);
    }

    @Override
    public void close() {
        made.forEach(IValue::close);
    }
}
