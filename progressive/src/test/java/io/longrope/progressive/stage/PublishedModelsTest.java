package io.longrope.progressive.stage;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanMemory;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.StreamingCost;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** The plans for models of 7 and 8 billion weights against the config.json their makers published: what runs as written, what cannot. */
class PublishedModelsTest {

    private static final long ONE_DEVICE = 80_000_000_000L;

    @ParameterizedTest
    @ValueSource(strings = {"llama-2-7b-2048k", "llama-2-7b-2048k-one-gpu", "mistral-7b-2048k", "mistral-7b-128k-one-gpu",
            "llama-3-8b-128k", "llama-3-8b-128k-one-gpu", "phi-3-mini-128k", "phi-3-mini-128k-one-gpu"})
    void trainerAndConfigAgree(String name) throws Exception {
        var plan = plan(name, List.of());
        assertThat(PlanCheck.problems(plan, PlanFacts.of(config(plan.model())))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-2-7b-2048k", "llama-2-7b-2048k-one-gpu", "mistral-7b-2048k", "mistral-7b-128k-one-gpu",
            "llama-3-8b-128k", "llama-3-8b-128k-one-gpu", "phi-3-mini-128k", "phi-3-mini-128k-one-gpu"})
    void whatTheBuiltInTrainerWouldDoFitsOneDevice(String name) throws Exception {
        var plan = plan(name, List.of());
        assertThat(memory(plan)).isEmpty();
    }

    @Test
    void thePapersFineTunesAreMoreThanTheBuiltInTrainerCanHoldOnOneDevice() throws Exception {
        var builtIn = List.of("command=null", "timeout=null", "precision=bf16", "recompute=true");
        var plan = plan("llama-2-7b-2048k", Stream.of("stages[2]", "stages[3]")
                .flatMap(stage -> builtIn.stream().map(setting -> stage + ".fine-tune." + setting)).toList());
        var facts = PlanFacts.of(config(plan.model())).withMemory(memory(plan));
        assertThat(PlanCheck.problems(plan, facts)).extracting(Problem::name)
                .containsExactly("stages[2].fine-tune.train-length", "stages[3].fine-tune.train-length");
        assertThat(PlanCheck.problems(plan, facts).get(0).toString())
                .startsWith("stages[2].fine-tune.train-length must fit the 74.5 GiB of h100, but was ")
                .contains(" GiB for training in sequences of 131072 tokens", "; recompute: true, precision: bf16, lora: {rank: 16}");
    }

    @Test
    void aDeviceThatDoesNotTellItsMemoryHoldsNothingAndTheLargestKnownDecides() throws Exception {
        var plan = plan("phi-3-mini-128k", List.of());
        var memory = new PlanMemory(plan, config(plan.model()), Precision.BF16);
        var unknown = new DeviceFacts("a", "gpu:0", "", OptionalLong.empty());
        var large = new DeviceFacts("b", "h100", "", OptionalLong.of(ONE_DEVICE));
        assertThat(memory.problems(List.of())).isEmpty();
        assertThat(memory.problems(List.of(unknown, large))).isEmpty();
        assertThat(memory.problems(List.of(unknown)).values()).isNotEmpty().allSatisfy(problem -> assertThat(problem.toString())
                .contains("must fit the memory of gpu:0, which its driver does not tell", "--memory-limit"));
    }

    @Test
    void aSearchThatFitsWithLayersReadIsDoneSoAndToldOf() throws Exception {
        var plan = plan("phi-3-mini-128k", List.of());
        var memory = new PlanMemory(plan, config(plan.model()), Precision.BF16, Device.FIRST_GPU, OptionalLong.empty());
        var search = plan.stages().get(0).name();
        long whole = memory.scoring(1 << 17).most();
        assertThat(memory.problems(on(whole))).doesNotContainKey(search);
        assertThat(memory.streamed(on(whole))).extracting(PlanMemory.Streamed::stage).doesNotContain(search);
        assertThat(memory.problems(on(whole - 1))).doesNotContainKey(search);
        assertThat(memory.streamed(on(whole - 1))).extracting(PlanMemory.Streamed::stage).contains(search);
        assertThat(memory.problems(on(1L << 31))).containsKey(search);
        assertThat(memory.streamed(on(1L << 31))).extracting(PlanMemory.Streamed::stage).doesNotContain(search);
    }

    /** Scoring reads layers for each pass; training has them in memory, and says what would fit. */
    @Test
    void oneDeviceMayBeEnoughForTheSearchAndNotForTheTraining() throws Exception {
        var builtIn = List.of("command=null", "timeout=null", "precision=bf16", "recompute=true");
        var plan = plan("llama-2-7b-2048k", Stream.of("stages[2]", "stages[3]")
                .flatMap(stage -> builtIn.stream().map(setting -> stage + ".fine-tune." + setting)).toList());
        var memory = new PlanMemory(plan, config(plan.model()), Precision.BF16);
        var device = List.of(new DeviceFacts("a", "gpu:0", "NVIDIA H100 80GB HBM3", OptionalLong.of(12_000_000_000L)));

        assertThat(memory.streamed(device)).isNotEmpty();
        var first = memory.streamed(device).get(0);
        assertThat(memory.problems(device)).doesNotContainKey(first.stage());
        var train = plan.stages().get(2).name();
        assertThat(memory.problems(device).get(train).toString()).startsWith("stages[2].fine-tune.train-length must fit the 11.2 GiB of "
                + "gpu:0, but was ").contains(" for training in sequences of ");
        assertThat(StreamingCost.of(List.of(first), config(plan.model()), Precision.BF16)).singleElement().asString()
                .startsWith(first.stage() + " at ").contains(" of 32 layers are read from their files for each pass, ",
                        "; calculated for h100: ", "% longer than with all in memory");
    }

    private static List<DeviceFacts> on(long bytes) {
        return List.of(new DeviceFacts("a", "gpu:0", "", OptionalLong.of(bytes)));
    }

    @Test
    void theBuiltInTrainerRefusesMistralsWindowBeforeAnythingIsSearched() throws Exception {
        var plan = plan("mistral-7b-2048k", List.of("stages[2].fine-tune.command=null", "stages[2].fine-tune.timeout=null"));
        assertThat(PlanCheck.problems(plan, PlanFacts.of(config(plan.model())))).singleElement().asString()
                .startsWith("stages[2].fine-tune.train-length must be of a model whose sliding window is"
                        + " at least the training length, 16384")
                .contains("but was a window of 4096");
    }

    @Test
    void aCheckpointOfAnotherShapeIsRefused() throws Exception {
        var plan = plan("llama-3-8b-128k", List.of("shape.layers=31"));
        assertThat(PlanCheck.problems(plan, PlanFacts.of(config(plan.model())))).singleElement().asString()
                .startsWith("model must have the shape the plan states, ModelShape[layers=31");
    }

    /** What one device does not hold. */
    private static Map<String, Problem> memory(JobPlan plan) throws Exception {
        return new PlanMemory(plan, config(plan.model()), Precision.BF16)
                .problems(List.of(new DeviceFacts("worker", "h100", "", OptionalLong.of(ONE_DEVICE))));
    }

    private static JobPlan plan(String name, List<String> overrides) {
        return new PlanReader(PlanCheck.UNSEEN).read(Path.of(System.getProperty("longrope.home"), "configs", name + ".yaml"), overrides);
    }

    private static ModelConfig config(String model) throws URISyntaxException {
        return ModelConfig.read(Path.of(PublishedModelsTest.class.getResource("/published/" + model + ".json").toURI()));
    }
}
