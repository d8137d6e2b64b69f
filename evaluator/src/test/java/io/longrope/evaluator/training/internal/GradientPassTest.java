package io.longrope.evaluator.training.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.decoder.internal.WeightName;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.LoraSettings.Target;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.ShortContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GradientPassTest {

    private static final int LENGTH = 12;
    private static final int VOCABULARY = 23;
    private static final Candidate SHARED = new Candidate(RescaleFactors.of(1, 1.5, 2, 3), 0, 1.1);

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

    /** Every kind of parameter there is: biases, norms of queries and keys, an own head or a tied one, one matrix for several. */
    private static ModelConfig config(String family, boolean tied) {
        var bias = family.equals("phi3") ? AttentionBias.NONE : AttentionBias.ALL;
        return new ModelConfig(family, VOCABULARY, 16, 20, 2, 4, 2, 8, new RopeGeometry(8, 10000, 8), Optional.empty(), 8, 1e-5, tied, bias,
                family.equals("qwen3"), List.of(), BlockVariant.LLAMA, PositionEncoding.ROPE, OptionalInt.empty(), OptionalInt.empty());
    }

    private static float[] random(WeightName name, SplittableRandom random) {
        var values = new float[(int) Arrays.stream(name.shape()).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (name.shape().length == 1 ? 1 + 0.2 * random.nextGaussian() : 0.4 * random.nextGaussian());
        }
        return values;
    }

    private TrainedModel model(ModelConfig config, Optional<LoraSettings> lora, PassPrecision arithmetic) {
        var random = new SplittableRandom(5);
        var model = new TrainedModel(manager, config, FirstWeights.of(name -> random(name, random)), lora, 3, arithmetic, Map.of());
        for (var parameter : model.parameters()) {
            if (parameter.name().endsWith("lora_B")) {
                // an adapter at its start gives A no gradient
                move(parameter, direction(parameter, 99), 0.2);
            }
        }
        return model;
    }

    private GradientPass pass(TrainedModel model, Candidate candidate, boolean recompute, int endRows) {
        return pass(model, candidate, recompute, endRows, Optional.empty());
    }

    private GradientPass pass(TrainedModel model, Candidate candidate, boolean recompute, int endRows, Optional<ShortContext> longCe) {
        var tables = new PositionTables(manager, model.config().rope(), 2, candidate, LENGTH);
        return new GradientPass(model, tables, recompute, endRows, longCe);
    }

    private static int[] tokens(long seed) {
        return new SplittableRandom(seed).ints(LENGTH + 1, 0, VOCABULARY).toArray();
    }

    /** Plain text, a PoSE sequence, and packed documents. */
    private static List<Sequence> mixture() {
        var packed = Sequence.of(tokens(3));
        var targets = packed.targets().clone();
        targets[4] = Sequence.IGNORED;
        targets[11] = Sequence.IGNORED;
        return List.of(Sequence.of(tokens(1)), Sequence.of(tokens(2), PositionDraw.pose(new SplittableRandom(1), LENGTH, 40, 3)),
                new Sequence(packed.inputs(), targets, new double[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6}, new int[] {5, 7}, false));
    }

    private static double[] direction(TrainedModel.Parameter parameter, long seed) {
        var random = new SplittableRandom(seed + parameter.name().hashCode());
        return random.doubles(parameter.value().size(), -1, 1).toArray();
    }

    private void move(TrainedModel.Parameter parameter, double[] direction, double by) {
        try (var scope = (PtNDManager) manager.newSubManager()) {
            var value = parameter.value().toType(DataType.FLOAT64, true).toDoubleArray();
            for (int i = 0; i < value.length; i++) {
                value[i] += by * direction[i];
            }
            Script.instance().run("assign", parameter.value(), scope.create(value, new Shape(parameter.shape())));
        }
    }

    @ParameterizedTest
    @CsvSource({"llama, false, false, false", "llama, true, false, true", "qwen3, false, false, true", "phi3, true, false, false",
        "llama, false, true, false", "phi3, false, true, true"})
    void gradientsAreThoseOfFiniteDifferences(String family, boolean tied, boolean lora, boolean recompute) {
        var adapters = lora ? Optional.of(new LoraSettings(2, 3, List.of(Target.values()))) : Optional.<LoraSettings>empty();
        var rows = new double[][] {{1, 1.5, 2, 3}, {1.2, 2, 2.5, 4}};
        var candidate = new Candidate(RescaleFactors.perLayer(rows), 2, 1.1);
        try (var model = model(config(family, tied), adapters, PassPrecision.F64)) {
            var pass = pass(model, candidate, recompute, 10);
            var found = pass.gradients(manager, mixture());
            assertThat(found[0].getDouble()).isCloseTo(pass.loss(manager, mixture()), within(1e-12));
            assertThat(model.parameters()).hasSize(lora ? 2 * 7 * 2 : WeightName.stored(config(family, tied)).size());
            for (int i = 0; i < model.parameters().size(); i++) {
                var parameter = model.parameters().get(i);
                var direction = direction(parameter, 1);
                var gradient = found[i + 1].toDoubleArray();
                double expected = 0;
                for (int j = 0; j < gradient.length; j++) {
                    expected += gradient[j] * direction[j];
                }
                double step = 1e-5;
                move(parameter, direction, step);
                double above = pass.loss(manager, mixture());
                move(parameter, direction, -2 * step);
                double below = pass.loss(manager, mixture());
                move(parameter, direction, step);
                assertThat((above - below) / (2 * step)).as(parameter.name()).isCloseTo(expected, within(1e-7 + 1e-6 * Math.abs(expected)));
                assertThat(Math.abs(expected)).as(parameter.name()).isGreaterThan(1e-6);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true"})
    void recomputingGivesTheSameGradients(boolean tied, boolean lora) {
        var adapters = lora ? Optional.of(new LoraSettings(2, 3, List.of(Target.Q, Target.DOWN))) : Optional.<LoraSettings>empty();
        try (var model = model(config("llama", tied), adapters, PassPrecision.F32)) {
            var kept = pass(model, SHARED, false, 1024).gradients(manager, mixture());
            var recomputed = pass(model, SHARED, true, 1024).gradients(manager, mixture());
            var inParts = pass(model, SHARED, true, 7).gradients(manager, mixture());
            for (int i = 0; i < kept.length; i++) {
                assertThat(distance(kept[i], recomputed[i])).isLessThan(1e-6);
                assertThat(distance(kept[i], inParts[i])).isLessThan(1e-6);
            }
        }
    }

    /** LongCE from its definition: the gradient of each token's loss alone, times its weight, over the number of tokens. */
    @ParameterizedTest
    @CsvSource({"false, 1024", "true, 1024", "true, 7"})
    void tokensAreWeightedByWhatFarTextIsWorth(boolean recompute, int endRows) {
        var context = new ShortContext(4, 2);
        var batch = mixture();
        try (var model = model(config("llama", false), Optional.empty(), PassPrecision.F64)) {
            var plain = pass(model, SHARED, false, 1024);
            double counted = batch.stream()
                    .mapToLong(one -> Arrays.stream(one.targets()).filter(id -> id != Sequence.IGNORED).count()).sum();
            var expected = new double[model.parameters().size() + 1][];
            var weights = new ArrayList<Double>();
            for (var sequence : batch) {
                for (int t = 0; t < LENGTH; t++) {
                    if (sequence.targets()[t] != Sequence.IGNORED) {
                        double weight = weight(plain, sequence, t, context);
                        weights.add(weight);
                        add(expected, plain.gradients(manager, List.of(only(sequence, t))), weight / counted);
                    }
                }
            }
            assertThat(weights).contains(1.0).anyMatch(weight -> weight > 1.001 && weight < 5).anyMatch(weight -> weight < 0.999);

            var found = pass(model, SHARED, recompute, endRows, Optional.of(context)).gradients(manager, batch);
            for (int i = 0; i < found.length; i++) {
                var values = found[i].toDoubleArray();
                for (int j = 0; j < values.length; j++) {
                    assertThat(values[j]).isCloseTo(expected[i][j], within(1e-6));
                }
            }
        }
    }

    private double weight(GradientPass plain, Sequence sequence, int t, ShortContext context) {
        int token = t + 1;
        if (!sequence.rescaled() || token < context.tokens()) {
            return 1;
        }
        int begin = (token - context.tokens()) / context.step() * context.step();
        var part = Sequence.of(Arrays.copyOfRange(sequence.tokens(), begin, token + 1));
        double shortened = plain.loss(manager, List.of(only(part, part.length() - 1)));
        return Math.min(Math.exp(shortened - plain.loss(manager, List.of(only(sequence, t)))), 5);
    }

    private static Sequence only(Sequence sequence, int t) {
        var targets = new int[sequence.length()];
        Arrays.fill(targets, Sequence.IGNORED);
        targets[t] = sequence.targets()[t];
        return new Sequence(sequence.inputs(), targets, sequence.positions(), sequence.documents(), sequence.rescaled());
    }

    private static void add(double[][] sums, PtNDArray[] more, double weight) {
        for (int i = 0; i < sums.length; i++) {
            var values = more[i].toDoubleArray();
            sums[i] = sums[i] == null ? new double[values.length] : sums[i];
            for (int j = 0; j < values.length; j++) {
                sums[i][j] += weight * values[j];
            }
        }
    }

    private static double distance(PtNDArray first, PtNDArray second) {
        var a = first.toFloatArray();
        var b = second.toFloatArray();
        double largest = 1e-3;
        double apart = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i]));
            apart = Math.max(apart, Math.abs(a[i] - b[i]));
        }
        return apart / largest;
    }

    @Test
    void bfloat16GradientsAreNearThoseOfFloat32() {
        var found = new ArrayList<float[]>();
        for (var arithmetic : List.of(PassPrecision.F32, PassPrecision.BF16)) {
            try (var model = model(config("llama", false), Optional.empty(), arithmetic)) {
                for (boolean recompute : new boolean[] {false, true}) {
                    found.add(pass(model, SHARED, recompute, 1024).gradients(manager, mixture())[1].toFloatArray());
                }
            }
        }
        assertThat(found.get(2)).isNotEqualTo(found.get(0));
        for (int variant : new int[] {2, 3}) {
            double apart = 0;
            double size = 0;
            for (int i = 0; i < found.get(0).length; i++) {
                apart += Math.pow(found.get(variant)[i] - found.get(0)[i], 2);
                size += Math.pow(found.get(0)[i], 2);
            }
            assertThat(Math.sqrt(apart / size)).isBetween(1e-4, 0.05);
        }
    }

    /** Twice the positions at half the frequencies are the same angles. */
    @Test
    void positionsReachTheTables() {
        try (var model = model(config("llama", false), Optional.empty(), PassPrecision.F64)) {
            var pass = pass(model, new Candidate(RescaleFactors.of(2, 2, 2, 2), 0, 1), false, 1024);
            var doubled = Sequence.of(tokens(1), IntStream.range(0, LENGTH).mapToDouble(t -> 2 * t).toArray());
            var plain = Sequence.of(tokens(1));
            double original = pass(model, Candidate.original(4), false, 1024).loss(manager, List.of(plain));
            assertThat(pass.loss(manager, List.of(doubled))).isCloseTo(original, within(1e-6));
            assertThat(pass.loss(manager, List.of(plain))).isNotCloseTo(original, within(1e-3));
            var unscaled = new Sequence(plain.inputs(), plain.targets(), new double[0], new int[0], false);
            assertThat(pass.loss(manager, List.of(unscaled))).isCloseTo(original, within(1e-12));
        }
    }

    /** Packed documents are, each by itself, what they would be alone. */
    @Test
    void documentsDoNotSeeEachOther() {
        try (var model = model(config("llama", false), Optional.empty(), PassPrecision.F64)) {
            var pass = pass(model, SHARED, false, 1024);
            var packed = mixture().get(2);
            double separate = 4 * documentLoss(pass, packed, 0, 4) + 6 * documentLoss(pass, packed, 5, 6);
            assertThat(pass.loss(manager, List.of(packed))).isCloseTo(separate / 10, within(1e-12));
        }
    }

    private double documentLoss(GradientPass pass, Sequence packed, int from, int count) {
        return pass.loss(manager, List.of(new Sequence(Arrays.copyOfRange(packed.inputs(), from, from + count),
                Arrays.copyOfRange(packed.targets(), from, from + count), new double[0], new int[0], false)));
    }
}
