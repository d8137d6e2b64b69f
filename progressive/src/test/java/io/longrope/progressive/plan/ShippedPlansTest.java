package io.longrope.progressive.plan;

import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Every plan in configs/ is complete, possible, and opens with what it does. */
class ShippedPlansTest {

    private static final Path CONFIGS = Path.of(System.getProperty("longrope.home"), "configs");

    @ParameterizedTest
    @MethodSource("plans")
    void opensWithACommentAndReads(Path file) throws IOException {
        assertThat(Files.readAllLines(file).get(0)).startsWith("# ");
        var plan = new PlanReader(PlanCheck.UNSEEN).read(file, List.of());
        assertThat(file).hasFileName(plan.name() + ".yaml");
    }

    @Test
    void demoSuitsTheShippedModel() {
        var window = new PlanSurroundings() {
            @Override
            public Optional<RopeGeometry> geometry(String model) {
                return Optional.of(new RopeGeometry(32, 10_000, 256));
            }

            @Override
            public void checkText(String text) {
                assertThat(text).startsWith("text/");
            }

            @Override
            public List<Problem> check(JobPlan plan) {
                return PlanCheck.UNSEEN.check(plan);
            }
        };
        var plan = new PlanReader(window).read(CONFIGS.resolve("demo.yaml"), List.of());
        assertThat(plan.largestLength()).hasValue(32 * 256);
        assertThat(plan.stages()).extracting(StagePlan::kind).endsWith("fine-tune", "search", "fine-tune", "search", "recovery");
    }

    @ParameterizedTest
    @MethodSource("paperPlans")
    void paperPlansAskForThePapersEvaluations(Path file) {
        var plan = new PlanReader(PlanCheck.UNSEEN).read(file, List.of());
        assertThat(((SearchStagePlan) plan.stages().get(0)).search().evaluations()).isEqualTo(1344);
        assertThat(plan.largestLength()).hasValue(2048 * 1024);
        assertThat(plan.shape().orElseThrow().parameters()).isBetween(6_700_000_000L, 7_300_000_000L);
    }

    static List<Path> plans() throws IOException {
        try (Stream<Path> files = Files.list(CONFIGS)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    static List<Path> paperPlans() throws IOException {
        return plans().stream().filter(file -> file.getFileName().toString().endsWith("-7b-2048k.yaml")).toList();
    }
}
