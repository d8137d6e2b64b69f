package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.evaluator.session.MemoryPlan.Part;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

/** What the parts grow by; whether their sum is right is measured by {@code bench memory}. */
class MemoryPlanTest {

    private static final int LENGTH = 1 << 20;
    private static final Device GPU = Device.FIRST_GPU;

    @Test
    void scoringGrowsByHiddenStatesAndKeysAndValuesOfOneLayerOnly() {
        var two = scoring(model(2, List.of()), Precision.BF16, LENGTH);
        var four = scoring(model(4, List.of()), Precision.BF16, LENGTH);
        long weights = 2 * (model(4, List.of()).parameters() - model(2, List.of()).parameters());

        assertThat(two.bytes(Part.HIDDEN_STATES)).isEqualTo(LENGTH * (2L * 64 + 16));
        assertThat(two.bytes(Part.POSITION_TABLES)).isEqualTo(LENGTH * 2L * 4 * 8);
        assertThat(two.bytes(Part.KEYS_AND_VALUES)).isEqualTo(2L * 2 * LENGTH * 2 * 16);
        assertThat(four.total() - two.total()).isEqualTo(weights);
        assertThat(four.bytes(Part.WEIGHTS) - two.bytes(Part.WEIGHTS)).isEqualTo(weights);
    }

    /** Beside the weights the inputs of all layers, and one layer while it is gone through backwards; no gradient of a weight. */
    @Test
    void aGradientByFactorsGrowsByTheInputOfEachLayerAndNothingForWeights() {
        for (var device : List.of(Device.CPU, GPU)) {
            var two = MemoryPlan.of(device, model(2, List.of()), Precision.BF16, new ModelUse.Differentiating(LENGTH));
            var four = MemoryPlan.of(device, model(4, List.of()), Precision.BF16, new ModelUse.Differentiating(LENGTH));

            assertThat(four.bytes(Part.ACTIVATIONS) - two.bytes(Part.ACTIVATIONS)).isEqualTo(2L * LENGTH * 2 * 64);
            assertThat(four.bytes(Part.GRADIENTS)).isZero();
            assertThat(four.bytes(Part.MOMENTS)).isZero();
            assertThat(four.bytes(Part.MASTERS)).isZero();
            assertThat(four.bytes(Part.POSITION_TABLES)).isEqualTo(3 * scoring(model(4, List.of()), Precision.BF16, LENGTH)
                    .bytes(Part.POSITION_TABLES));
        }
    }

    @Test
    void generatingKeepsTheKeysAndValuesOfEveryLayer() {
        var generating = MemoryPlan.of(model(4, List.of()), Precision.F32, new ModelUse.Generating(LENGTH, Attention.TRAINED));

        assertThat(generating.bytes(Part.KEYS_AND_VALUES))
                .isEqualTo(4 * scoring(model(4, List.of()), Precision.F32, LENGTH).bytes(Part.KEYS_AND_VALUES));
    }

    @Test
    void aWindowThatIsOutgrownNeedsItsMask() {
        assertThat(scoring(model(1, List.of(4096)), Precision.BF16, 4096).bytes(Part.CHUNK)).as("logits and what layers leave")
                .isEqualTo(2048L * (2 + 4) * 1000 + 2048L * 2 * 7 * 64);
        assertThat(scoring(model(1, List.of(4096)), Precision.BF16, 8192).bytes(Part.CHUNK)).isEqualTo(2048L * (4096 + 2048) * 5);
        // 2^26 / (2^17 + 2^11) rows
        assertThat(scoring(model(2, List.of(0, 1 << 17)), Precision.F32, 1 << 18).bytes(Part.CHUNK))
                .isEqualTo(504L * ((1 << 17) + 504) * 7);
    }

    @Test
    void aSmallerChunkTakesLess() {
        var model = model(1, List.of());
        var use = new ModelUse.Scoring(LENGTH, Attention.TRAINED);

        assertThat(8 * MemoryPlan.of(Device.CPU, model, Precision.F32, 256, use).bytes(Part.CHUNK))
                .isEqualTo(MemoryPlan.of(Device.CPU, model, Precision.F32, 2048, use).bytes(Part.CHUNK));
    }

    /** trace_gpu.py compares these with the sum of all tensors at the peak, for many models. */
    @Test
    void aGpuTakesNeitherMasksNorWhatMallocLeavesUnused() {
        var windowed = MemoryPlan.of(GPU, model(1, List.of(4096)), Precision.BF16, new ModelUse.Scoring(8192, Attention.TRAINED));
        var model = model(1, List.of());
        var use = new ModelUse.Scoring(8192, Attention.TRAINED);

        assertThat(windowed.bytes(Part.CHUNK)).as("logits in 32 bits and their logarithms, of half the rows, once keys are given back")
                .isEqualTo(1024L * 8 * 1000 - windowed.bytes(Part.KEYS_AND_VALUES));
        assertThat(MemoryPlan.of(GPU, model, Precision.F32, use).total()).isLessThan(MemoryPlan.of(model, Precision.F32, use).total());
    }

    /** Peaks of Llama-2-7B, in GiB, that trace_gpu.py found with torch 2.7.1: to be within 5 % of. */
    @Test
    void aGpusPlanIsWhatTheTraceFinds() {
        var llama = llama();
        var lora = new LoraSettings(16, 32, List.of(LoraSettings.Target.values()));

        assertThat(tensors(llama, Precision.BF16, new ModelUse.Scoring(131_072, Attention.TRAINED))).isCloseTo(15.76, withinPercentage(5));
        assertThat(tensors(llama, Precision.F32, new ModelUse.Scoring(32_768, Attention.TRAINED))).isCloseTo(26.82, withinPercentage(5));
        assertThat(tensors(llama, Precision.BF16, new ModelUse.Generating(16_384, Attention.TRAINED)))
                .isCloseTo(20.83, withinPercentage(5));
        assertThat(tensors(llama, Precision.BF16, new ModelUse.Training(131_072, 1, 1, true, Optional.of(lora))))
                .isCloseTo(60.29, withinPercentage(5));
    }

    private static double tensors(ModelConfig model, Precision precision, ModelUse use) {
        var plan = MemoryPlan.of(GPU, model, precision, use);
        return (plan.total() - plan.bytes(Part.PROCESS)) / (double) (1 << 30);
    }

    @Test
    void reRopeKeepsKeysInASecondTurn() {
        var reRope = MemoryPlan.of(model(1, List.of()), Precision.F32,
                new ModelUse.Scoring(100, new Attention.ReRope(8, QueryScaling.LOG_N)));

        assertThat(2 * reRope.bytes(Part.KEYS_AND_VALUES))
                .isEqualTo(3 * scoring(model(1, List.of()), Precision.F32, 100).bytes(Part.KEYS_AND_VALUES));
    }

    @Test
    void trainingAllWeightsHoldsTheirGradientsAndMoments() {
        var model = model(3, List.of());
        var f32 = training(model, Precision.F32, 2, false, Optional.empty());
        var bf16 = training(model, Precision.BF16, 2, false, Optional.empty());

        assertThat(f32.bytes(Part.WEIGHTS)).isEqualTo(4 * model.parameters());
        assertThat(f32.bytes(Part.MASTERS)).isZero();
        assertThat(f32.bytes(Part.GRADIENTS)).as("of each micro-batch, and their sum").isEqualTo(3 * 4 * model.parameters());
        assertThat(f32.bytes(Part.MOMENTS)).isEqualTo(2 * 4 * model.parameters());
        assertThat(bf16.bytes(Part.WEIGHTS)).isEqualTo(2 * model.parameters());
        assertThat(bf16.bytes(Part.MASTERS)).isEqualTo(4 * model.parameters());
        assertThat(f32.bytes(Part.ACTIVATIONS))
                .isEqualTo(2 * training(model, Precision.F32, 1, false, Optional.empty()).bytes(Part.ACTIVATIONS));
    }

    @Test
    void adaptersAndRecomputingTakeLess() {
        var model = model(3, List.of());
        var lora = new LoraSettings(2, 4, List.of(LoraSettings.Target.Q, LoraSettings.Target.K, LoraSettings.Target.UP));
        long adapters = 3 * 2 * ((64 + 64) + (64 + 32) + (64 + 128));

        assertThat(training(model, Precision.F32, 1, false, Optional.of(lora)).bytes(Part.MOMENTS)).isEqualTo(2 * 4 * adapters);
        assertThat(training(model, Precision.F32, 1, true, Optional.empty()).total())
                .isLessThan(training(model, Precision.F32, 1, false, Optional.empty()).total());
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheFigureAndTheWayOut() {
        var plan = training(model(3, List.of()), Precision.F32, 1, false, Optional.empty());
        plan.requireFits(plan.total());

        assertThatThrownBy(() -> plan.requireFits(plan.total() - 1)).isInstanceOf(BadInput.class)
                .hasMessageMatching("memory must hold an estimated [0-9]+ MiB for training in sequences of 512 tokens.*: process .*, "
                        + "weights .*, gradients .*, "
                        + "moments .*, activations .*, but was [0-9]+ MiB; choose --recompute, .*");
    }

    @Test
    void severalUsesShareProcessAndWeights() {
        var plan = scoring(model(2, List.of()), Precision.F32, 1000);

        assertThat(plan.total(1)).isEqualTo(plan.total());
        assertThat(plan.total(3) - plan.total()).isEqualTo(2 * (plan.total() - plan.bytes(Part.PROCESS) - plan.bytes(Part.WEIGHTS)));
    }

    private static MemoryPlan scoring(ModelConfig model, Precision precision, int length) {
        return MemoryPlan.of(model, precision, new ModelUse.Scoring(length, Attention.TRAINED));
    }

    private static MemoryPlan training(ModelConfig model, Precision precision, int parallel, boolean recompute,
            Optional<LoraSettings> lora) {
        return MemoryPlan.of(model, precision, new ModelUse.Training(512, 1, parallel, recompute, lora));
    }

    /** Width 64, 4 heads on 2 of width 16, feed-forward 128, vocabulary 1000. */
    private static ModelConfig model(int layers, List<Integer> windows) {
        return new ModelConfig("mistral", 1000, 64, 128, layers, 4, 2, 16, new RopeGeometry(16, 10_000, 4096), Optional.empty(), 4096, 1e-5,
                false,
                AttentionBias.NONE, false, windows, BlockVariant.LLAMA, PositionEncoding.ROPE, OptionalInt.empty(), OptionalInt.empty());
    }

    private static ModelConfig llama() {
        return new ModelConfig("llama", 32_000, 4096, 11_008, 32, 32, 32, 128, new RopeGeometry(128, 10_000, 4096), Optional.empty(), 4096,
                1e-5, false, AttentionBias.NONE, false, List.of(), BlockVariant.LLAMA, PositionEncoding.ROPE, OptionalInt.empty(),
                OptionalInt.empty());
    }
}
