package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.stream.IntStream;

/**
 * The cos and sin tables of one candidate at given positions, one pair of tables per layer when its factors differ by
 * layer. Angles are float64 until the cast, so that positions of millions are right.
 */
public final class Rotary {

    /**
     * @param cos [T, d/2] f32
     * @param sin [T, d/2] f32
     */
    public record Tables(PtNDArray cos, PtNDArray sin) {
    }

    private final RopeGeometry geometry;

    public Rotary(RopeGeometry geometry) {
        this.geometry = geometry;
    }

    /** @return one entry that serves all layers, or one per layer of the candidate's factors */
    public Tables[] tables(PtNDManager manager, double[] positions, Candidate candidate) {
        return tables(manager, positions, new Shape(positions.length), candidate);
    }

    /** @param shape of the positions: [T], or [N, T] for sequences with positions of their own */
    public Tables[] tables(PtNDManager manager, double[] positions, Shape shape, Candidate candidate) {
        Require.that(candidate.factors().pairs() == geometry.pairs(), "candidate.factors",
                "must have " + geometry.pairs() + " factors for rotary dimension " + geometry.rotaryDim(),
                candidate.factors().pairs());
        var original = IntStream.range(0, geometry.pairs()).mapToDouble(geometry::inverseFrequency).toArray();
        var tables = new Tables[candidate.factors().layers()];
        try (var places = (PtNDArray) manager.create(positions, shape); var trained = (PtNDArray) manager.create(original)) {
            for (int layer = 0; layer < tables.length; layer++) {
                var factors = candidate.factors().layer(layer);
                var rescaled = IntStream.range(0, original.length).mapToDouble(i -> original[i] / factors[i]).toArray();
                try (var frequencies = (PtNDArray) manager.create(rescaled)) {
                    var pair = Script.instance().tensors(manager, "rotary_tables", places, frequencies, trained,
                            candidate.startTokens(), candidate.attentionFactor());
                    tables[layer] = new Tables(pair[0], pair[1]);
                }
            }
        }
        return tables;
    }
}
