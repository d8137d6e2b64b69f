package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.stream.IntStream;

/** The rotary tables of every layer for positions from 0 on. Layers with a base of their own are left out of the extension. */
public final class LayerTables {

    private final ModelConfig config;
    private final Rotary.Tables[] extended;
    private final Rotary.Tables[] local;

    private LayerTables(ModelConfig config, Rotary.Tables[] extended, Rotary.Tables[] local) {
        this.config = config;
        this.extended = extended;
        this.local = local;
    }

    public static LayerTables of(PtNDManager manager, ModelConfig config, int length, Candidate candidate) {
        Require.that(candidate.factors().layers() == 1 || candidate.factors().layers() == config.layers(), "candidate.factors",
                "must have one row, or one per layer (" + config.layers() + ")", candidate.factors().layers());
        var positions = IntStream.range(0, length).asDoubleStream().toArray();
        var extended = new Rotary(config.rope()).tables(manager, positions, candidate);
        if (config.variant().localTheta().isEmpty()) {
            return new LayerTables(config, extended, extended);
        }
        var rope = config.rope();
        var local = new RopeGeometry(rope.rotaryDim(), config.variant().localTheta().getAsDouble(), rope.originalLength());
        return new LayerTables(config, extended, new Rotary(local).tables(manager, positions, Candidate.original(rope.pairs())));
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
}
