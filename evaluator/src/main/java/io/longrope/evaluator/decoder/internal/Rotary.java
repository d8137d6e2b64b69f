package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.ArrayList;
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

    private static final long PART_POSITIONS = 1 << 14;

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
                "must have " + Plural.of(geometry.pairs(), "factor") + " for rotary dimension " + geometry.rotaryDim(),
                candidate.factors().pairs());
        var original = IntStream.range(0, geometry.pairs()).mapToDouble(geometry::inverseFrequency).toArray();
        var tables = new Tables[candidate.factors().layers()];
        try (var places = DeviceMemory.of(manager, positions, shape);
             var trained = DeviceMemory.of(manager, original, new Shape(original.length))) {
            for (int layer = 0; layer < tables.length; layer++) {
                var factors = candidate.factors().layer(layer);
                var rescaled = IntStream.range(0, original.length).mapToDouble(i -> original[i] / factors[i]).toArray();
                try (var frequencies = DeviceMemory.of(manager, rescaled, new Shape(rescaled.length))) {
                    tables[layer] = inParts(manager, places, frequencies, trained, candidate);
                }
            }
        }
        return tables;
    }

    /** What is float64 while it is built is so for a part of the positions at a time. */
    private static Tables inParts(PtNDManager manager, PtNDArray places, PtNDArray frequencies, PtNDArray trained, Candidate candidate) {
        var script = Script.instance();
        int rows = (int) places.getShape().get(0);
        int rowsPerPart = (int) Math.max(1, PART_POSITIONS / (places.size() / rows));
        var cos = new ArrayList<PtNDArray>();
        var sin = new ArrayList<PtNDArray>();
        try (var parts = (PtNDManager) manager.newSubManager()) {
            for (int row = 0; row < rows; row += rowsPerPart) {
                var part = script.tensor(parts, "rows", places, row, Math.min(rowsPerPart, rows - row));
                var pair = script.tensors(parts, "rotary_tables", part, frequencies, trained, candidate.startTokens(),
                        candidate.attentionFactor());
                cos.add(pair[0]);
                sin.add(pair[1]);
            }
            return new Tables(script.tensor(manager, "join", (Object) cos.toArray(PtNDArray[]::new)),
                    script.tensor(manager, "join", (Object) sin.toArray(PtNDArray[]::new)));
        }
    }
}
