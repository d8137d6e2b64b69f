package io.longrope.progressive.stage;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.Workload;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** The plans for models of 7 and 8 billion weights against the config.json their makers published: what runs as written, what cannot. */
class PublishedModelsTest {

    private static final long ONE_DEVICE = 80_000_000_000L;

    @ParameterizedTest
    @ValueSource(strings = {"llama-2-7b-2048k", "mistral-7b-2048k", "llama-3-8b-128k", "phi-3-mini-128k"})
    void trainerAndConfigAgree(String name) throws Exception {
        var plan = plan(name, List.of());
        assertThat(PlanCheck.problems(plan, PlanFacts.of(config(plan.model())))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mistral-7b-2048k", "llama-3-8b-128k", "phi-3-mini-128k"})
    void whatTheBuiltInTrainerWouldDoFitsOneDevice(String name) throws Exception {
        var plan = plan(name, List.of());
        assertThat(memory(plan)).isEmpty();
    }

    @Test
    void thePapersOwnPlanIsRefusedForTheMemoryOfItsFineTunesAlone() throws Exception {
        var plan = plan("llama-2-7b-2048k", List.of());
        var facts = PlanFacts.of(config(plan.model())).withMemory(memory(plan));
        assertThat(PlanCheck.problems(plan, facts)).extracting(Problem::name).containsExactly("fine-tune-128k", "fine-tune-256k");
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

    /** What one device does not hold, in the figures of --dry-run. */
    private static Map<String, Problem> memory(JobPlan plan) throws Exception {
        var problems = new HashMap<String, Problem>();
        new Workload(plan, config(plan.model()), Precision.BF16).items().stream().filter(item -> item.memoryBytes() > ONE_DEVICE)
                .forEach(item -> problems.put(item.stage(), new Problem(item.stage(), "must fit the device", item.memoryBytes() + " bytes",
                        "")));
        return problems;
    }

    private static JobPlan plan(String name, List<String> overrides) {
        return new PlanReader(PlanCheck.UNSEEN).read(Path.of(System.getProperty("longrope.home"), "configs", name + ".yaml"), overrides);
    }

    private static ModelConfig config(String model) throws URISyntaxException {
        return ModelConfig.read(Path.of(PublishedModelsTest.class.getResource("/published/" + model + ".json").toURI()));
    }
}
