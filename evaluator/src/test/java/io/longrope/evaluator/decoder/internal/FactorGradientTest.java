package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.FactorSlopes;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class FactorGradientTest {

    private static final int VOCABULARY = 23;
    private static final int[] TOKENS = new SplittableRandom(7).ints(61, 0, VOCABULARY).toArray();
    /** Of ln λ; the tables are rounded to float32, so it must not be much smaller. */
    private static final double STEP = 5e-4;

    private PtNDManager manager;

    @BeforeEach
    void open() {
        Script.setThreads(1);
        manager = (PtNDManager) Script.engine().newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "qwen3"})
    void slopesAreThoseOfCentralDifferences(String family) {
        try (var weights = weights(family)) {
            double[] factors = {1, 1.5, 2, 3};
            var found = of(weights, factors);

            assertThat(found.slopes()).hasSize(4);
            for (int i = 0; i < factors.length; i++) {
                double above = of(weights, moved(factors, i, STEP)).loss();
                double below = of(weights, moved(factors, i, -STEP)).loss();
                assertThat(found.slopes().get(i)).as("pair " + i)
                        .isCloseTo((above - below) / (2 * STEP), within(1e-4 + 1e-2 * Math.abs(found.slopes().get(i))));
                assertThat(Math.abs(found.slopes().get(i))).as("pair " + i).isGreaterThan(1e-4);
            }
        }
    }

    /** λ = ∞: the pair does not turn, and a little more changes nothing. */
    @Test
    void aPairThatDoesNotTurnHasNoSlope() {
        try (var weights = weights("llama")) {
            assertThat(of(weights, new double[] {1, 1.5, 2, Double.POSITIVE_INFINITY}).slopes().get(3)).isZero();
        }
    }

    @Test
    void sameQuestionSameBits() {
        try (var weights = weights("llama")) {
            assertThat(of(weights, new double[] {1, 1.5, 2, 3})).isEqualTo(of(weights, new double[] {1, 1.5, 2, 3}));
        }
    }

    @Test
    void factorsOfEveryLayerAreRefused() {
        try (var weights = weights("llama")) {
            var perLayer = new Candidate(RescaleFactors.perLayer(new double[][] {{1, 1, 1, 1}, {1, 2, 3, 4}}), 0, 1);
            assertThatThrownBy(() -> new FactorGradient(manager, weights).of(TOKENS, perLayer)).isInstanceOf(BadInput.class)
                    .hasMessageContaining("must be the same for all layers where slopes are asked for");
        }
    }

    private FactorSlopes of(Weights weights, double[] factors) {
        try (var scope = (PtNDManager) manager.newSubManager()) {
            return new FactorGradient(scope, weights).of(TOKENS, new Candidate(RescaleFactors.of(factors), 3, 1.1));
        }
    }

    private static double[] moved(double[] factors, int pair, double by) {
        var moved = factors.clone();
        moved[pair] *= Math.exp(by);
        return moved;
    }

    /** In float64: two layers, queries that share keys, biases, with norms of queries and keys for one family. */
    private Weights weights(String family) {
        var config = new ModelConfig(family, VOCABULARY, 16, 20, 2, 4, 2, 8, new RopeGeometry(8, 10000, 8), Optional.empty(), 8, 1e-5,
                false, AttentionBias.ALL, family.equals("qwen3"), List.of(), BlockVariant.LLAMA, PositionEncoding.ROPE, OptionalInt.empty(),
                OptionalInt.empty());
        var random = new SplittableRandom(5);
        return Weights.of(config, name -> {
            var values = new double[(int) Arrays.stream(name.shape()).reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                values[i] = name.shape().length == 1 ? 1 + 0.2 * random.nextGaussian() : 0.3 * random.nextGaussian();
            }
            try (var heap = manager.create(values, new Shape(name.shape()))) {
                return (PtNDArray) heap.duplicate();
            }
        }, layer -> Map.of());
    }
}
