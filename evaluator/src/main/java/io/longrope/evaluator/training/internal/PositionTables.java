package io.longrope.evaluator.training.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.decoder.internal.Rotary;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.List;
import java.util.stream.IntStream;

/** The rotary tables of micro-batches: one for all that stand at 0 to T − 1, or made for the positions each sequence has. */
final class PositionTables {

    private final Rotary rotary;
    private final Candidate candidate;
    private final Candidate original;
    private final int length;
    private final Tables plain;

    /**
     * One tensor for all layers, or one per layer.
     *
     * @param cos each [N or 1, T, P] f32
     * @param sin each [N or 1, T, P] f32
     */
    record Tables(PtNDArray[] cos, PtNDArray[] sin) {

        PtNDArray cos(int layer) {
            return cos[layer % cos.length];
        }

        PtNDArray sin(int layer) {
            return sin[layer % sin.length];
        }
    }

    /** @param length T of plain sequences */
    PositionTables(PtNDManager manager, RopeGeometry geometry, int layers, Candidate candidate, int length) {
        Require.that(candidate.factors().layers() == 1 || candidate.factors().layers() == layers, "candidate.factors",
                "must have one row, or one per layer (" + layers + ")", candidate.factors().layers());
        this.rotary = new Rotary(geometry);
        this.candidate = candidate;
        this.original = Candidate.original(geometry.pairs());
        this.length = length;
        this.plain = tables(manager, IntStream.range(0, length).asDoubleStream().toArray(), candidate);
    }

    /** @param manager holds tables made for these sequences */
    Tables of(PtNDManager manager, List<Sequence> sequences) {
        if (sequences.stream().allMatch(sequence -> sequence.isPlain() && sequence.length() == length)) {
            return plain;
        }
        var each = sequences.stream().map(sequence -> tables(manager, sequence.places(), sequence.rescaled() ? candidate : original))
                .toList();
        int layers = each.stream().mapToInt(tables -> tables.cos().length).max().orElseThrow();
        var cos = IntStream.range(0, layers)
                .mapToObj(layer -> join(manager, each.stream().map(tables -> tables.cos(layer)).toArray(PtNDArray[]::new)));
        var sin = IntStream.range(0, layers)
                .mapToObj(layer -> join(manager, each.stream().map(tables -> tables.sin(layer)).toArray(PtNDArray[]::new)));
        return new Tables(cos.toArray(PtNDArray[]::new), sin.toArray(PtNDArray[]::new));
    }

    private Tables tables(PtNDManager manager, double[] positions, Candidate candidate) {
        var tables = rotary.tables(manager, positions, new Shape(1, positions.length), candidate);
        var cos = new PtNDArray[tables.length];
        var sin = new PtNDArray[tables.length];
        for (int layer = 0; layer < tables.length; layer++) {
            cos[layer] = tables[layer].cos();
            sin[layer] = tables[layer].sin();
        }
        return new Tables(cos, sin);
    }

    private static PtNDArray join(PtNDManager manager, PtNDArray[] parts) {
        return Script.instance().tensor(manager, "join", (Object) parts);
    }
}
