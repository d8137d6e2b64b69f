package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.stream.IntStream;

/** The rotary tables of every layer for positions from 0 on. Layers with a base of their own are left out of the extension. */
public final class LayerTables {

    private final ModelConfig config;
    private final Rotary.Tables[] extended;
    private final Rotary.Tables[] local;
    private final PtNDArray queryScale;

    private LayerTables(ModelConfig config, Rotary.Tables[] extended, Rotary.Tables[] local, PtNDArray queryScale) {
        this.queryScale = queryScale;
        this.config = config;
        this.extended = extended;
        this.local = local;
    }

    public static LayerTables of(PtNDManager manager, ModelConfig config, int length, Candidate candidate, QueryScaling scaling) {
        Require.that(candidate.factors().layers() == 1 || candidate.factors().layers() == config.layers(), "candidate.factors",
                "must have one row, or one per layer (" + config.layers() + ")", candidate.factors().layers());
        var positions = IntStream.range(0, length).asDoubleStream().toArray();
        var extended = new Rotary(config.rope()).tables(manager, positions, candidate);
        var queryScale = queryScale(manager, config, length, scaling);
        if (config.variant().localTheta().isEmpty()) {
            return new LayerTables(config, extended, extended, queryScale);
        }
        var rope = config.rope();
        var local = new RopeGeometry(rope.rotaryDim(), config.variant().localTheta().getAsDouble(), rope.originalLength());
        return new LayerTables(config, extended, new Rotary(local).tables(manager, positions, Candidate.original(rope.pairs())), queryScale);
    }

    private static PtNDArray queryScale(PtNDManager manager, ModelConfig config, int length, QueryScaling scaling) {
        var factors = new float[scaling == QueryScaling.NONE ? 0 : length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = (float) scaling.at(i, config.rope().originalLength());
        }
        return (PtNDArray) manager.create(factors);
    }

    private Rotary.Tables of(int layer) {
        if (config.variant().localTheta().isPresent() && config.window(layer) > 0) {
            return local[0];
        }
        return extended[extended.length == 1 ? 0 : layer];
    }

    /** [T, P] */
    public PtNDArray cos(int layer) {
        return of(layer).cos();
    }

    /** [T, P] */
    public PtNDArray sin(int layer) {
        return of(layer).sin();
    }

    /** [T], or [0] when queries are not scaled. */
    public PtNDArray queryScale() {
        return queryScale;
    }
}
