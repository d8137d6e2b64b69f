package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.MemoryPlan.Part;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

/** Models of published shapes on devices people have. */
class ModelPlanTest {

    private static final long ONE_DEVICE = 80_000_000_000L;
    private static final ModelUse SCORING = new ModelUse.Scoring(131_072, Attention.TRAINED);

    private static ModelConfig model(String name) {
        return ModelConfig.read(Path.of("src/test/resources/io/longrope/evaluator/trace/models", name + ".json"));
    }

    private static ModelPlan plan(String name, int devices, ModelUse use) {
        return ModelPlan.of(Collections.nCopies(devices, Device.FIRST_GPU), Collections.nCopies(devices, ONE_DEVICE), model(name),
                Precision.BF16, Arithmetic.USUAL_CHUNK, use);
    }

    /** A layer has 1.71 GB. */
    @ParameterizedTest
    @CsvSource({"llama-2-70b, 38", "llama-3-70b, 40"})
    void seventyBillionAt128kAreScoredOnOneDevice(String name, int streamed) {
        var plan = plan(name, 1, SCORING);

        assertThat(plan.placement().streamed()).isEqualTo(streamed);
        assertThat(plan.most()).isBetween(ONE_DEVICE - 1_720_000_000L, ONE_DEVICE);
        assertThat((double) plan.bytesRead()).isCloseTo(streamed * 1.711e9, withPercentage(0.1));
        assertThat(plan.describe()).contains("scoring 131072 tokens with layers read one after the other",
                streamed + " of 80 layers are read from their files for each pass");
    }

    @Test
    void twoDevicesHoldThemInMemory() {
        var plan = plan("llama-2-70b", 2, SCORING);

        assertThat(plan.placement().streamed()).isZero();
        assertThat(plan.placement().shares()).extracting(share -> share.layers().count()).containsExactly(40, 40);
        assertThat(plan.fits(List.of(ONE_DEVICE, ONE_DEVICE))).isTrue();
        long both = plan.memory().stream().mapToLong(memory -> memory.bytes(Part.WEIGHTS)).sum();
        assertThat(both).as("each weight once").isEqualTo(2 * model("llama-2-70b").parameters());
    }

    @Test
    void whatHasOneDeviceHasTheFirst() {
        var use = new ModelUse.Differentiating(4096);
        assertThat(plan("llama-3.2-1b", 2, use).placement().shares()).hasSize(1);
    }

    @Test
    void whatMustBeInMemoryIsNotRead() {
        var refused = plan("llama-2-70b", 1, new ModelUse.Generating(8192, Attention.TRAINED));
        assertThat(refused.placement().streamed()).isZero();
        assertThatThrownBy(() -> refused.requireFits(List.of(ONE_DEVICE))).isInstanceOf(BadInput.class)
                .hasMessageContaining("for generating up to 8192 tokens");
        assertThat(plan("llama-2-70b", 2, new ModelUse.Generating(8192, Attention.TRAINED)).fits(List.of(ONE_DEVICE, ONE_DEVICE))).isTrue();
    }
}
