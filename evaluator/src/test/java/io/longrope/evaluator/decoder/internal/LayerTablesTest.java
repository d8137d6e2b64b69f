package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.TinyCheckpoint;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

class LayerTablesTest {

    private static final int LAYERS = 4;
    private static final int LENGTH = 10;

    @TempDir
    private Path directory;
    private PtNDManager manager;
    private Weights weights;

    @BeforeEach
    void load() throws IOException {
        manager = Script.manager(Device.CPU);
        weights = Weights.load(Checkpoint.open(TinyCheckpoint.write(directory.resolve("tiny"), TinyCheckpoint.config(LAYERS), 5)), manager,
                Precision.F32, layer -> Map.of());
    }

    @AfterEach
    void close() {
        weights.close();
        manager.close();
    }

    @Test
    void aPassHoldsTheTablesOfOneLayerAtATime() {
        try (var tables = tables(1, false)) {
            var first = tables.layer(0).cos();
            assertThat(isReleased(first)).isFalse();
            var second = tables.layer(1).cos();
            assertThat(isReleased(first)).isTrue();
            assertThat(isReleased(second)).isFalse();
        }
    }

    @Test
    void layersWithEqualFactorsShareTheirs() {
        try (var tables = tables(0, false)) {
            assertThat(tables.layer(3).cos()).isSameAs(tables.layer(0).cos());
        }
    }

    @Test
    void tablesOfAPassThatComesAgainStay() {
        try (var tables = tables(1, true)) {
            var all = IntStream.range(0, LAYERS).mapToObj(layer -> tables.layer(layer).sin()).toList();
            assertThat(all).noneMatch(LayerTablesTest::isReleased).doesNotHaveDuplicates();
            assertThat(tables.layer(0).sin()).isSameAs(all.get(0));
        }
    }

    /** @param step what a layer's factors differ by from those of the one before */
    private LayerTables tables(double step, boolean keepsAllLayers) {
        int pairs = TinyCheckpoint.config().rope().pairs();
        var rows = IntStream.range(0, LAYERS)
                .mapToObj(layer -> IntStream.range(0, pairs).mapToDouble(pair -> 1 + pair + layer * step).toArray()).toList();
        var candidate = new Candidate(factors(rows), 0, 1);
        return LayerTables.of(manager, weights, LENGTH, candidate, Attention.TRAINED, keepsAllLayers);
    }

    private static RescaleFactors factors(List<double[]> rows) {
        return RescaleFactors.perLayer(rows.toArray(double[][]::new));
    }

    private static boolean isReleased(PtNDArray tensor) {
        return tensor.isReleased();
    }
}
