package io.longrope.progressive.stage;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.text.ShareTexts;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.SampleShare;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.assertThat;

/** What is told of a plan before anything runs, from the facts of checkpoint, text and device. */
class PlanCheckTest {

    private static final String PLAN = """
            schema: 1
            name: small
            model: tiny
            data: {evaluation: held-out.txt, training: training.txt, samples: {search: 2, selection: 3, report: 4}}
            stages:
              - search: {length: 1k}
              - fine-tune: {length: 1k, steps: 10, held-out-every: 5, held-out-samples: 3}
              - recovery: {lengths: [256]}
            report: {retrieval: {lengths: [256, 512]}}
            """;

    private static final ModelConfig CONFIG = new ModelConfig("llama", 256, 128, 352, 4, 4, 2, 32, new RopeGeometry(32, 10_000, 256),
            Optional.empty(), 256,
            1e-5, false, AttentionBias.NONE, OptionalInt.of(1), OptionalInt.empty());

    @TempDir
    private Path directory;

    @Test
    void enoughOfEverythingIsNoProblem() throws IOException {
        assertThat(problems(facts(256, 10_000, List.of(9_000L, 9_000L, 9_000L)))).isEmpty();
    }

    @Test
    void aTextTooShortForAnyStageIsToldForEach() throws IOException {
        assertThat(problems(facts(256, 1_025, List.of(2_048L, 3_000L, 4_091L)))).containsExactly(
                "stages[0].search.length must leave room for 3 samples in the selection share of held-out.txt, a third of it,"
                        + " but was 1024, room for 2; give a longer text, fewer samples or a shorter length",
                "stages[1].fine-tune.train-length must be shorter than the training text, 1025 tokens, but was 1024",
                "stages[1].fine-tune.held-out-samples must leave room for 3 samples in the selection share of held-out.txt, a third of it,"
                        + " but was 1025, room for 2; give a longer text, fewer samples or a shorter length",
                "report.lengths must leave room for 4 samples in the report share of held-out.txt, a third of it, but was 1024, room for 3;"
                        + " give a longer text, fewer samples or a shorter length");
    }

    @Test
    void aPassKeyThatHasNoRoomForItsQuestionIsTold() throws IOException {
        assertThat(problems(facts(257, 10_000, List.of(9_000L, 9_000L, 9_000L)))).containsExactly(
                "report.retrieval.lengths must be at least 257, which hold every question and its answer, but was 256");
    }

    @Test
    void whatDoesNotFitADeviceIsToldForItsStage() throws IOException {
        var facts = facts(256, 10_000, List.of(9_000L, 9_000L, 9_000L))
                .withMemory(Map.of("fine-tune-1024", new Problem("stages[1].fine-tune", "must fit 80 GB", "203 GiB", "")));
        assertThat(problems(facts)).containsExactly("stages[1].fine-tune must fit 80 GB, but was 203 GiB");
    }

    private List<String> problems(PlanFacts facts) throws IOException {
        var plan = new PlanReader(PlanCheck.UNSEEN).read(Files.writeString(directory.resolve("plan.yaml"), PLAN), List.of());
        return PlanCheck.problems(plan, facts).stream().map(Problem::toString).toList();
    }

    private static PlanFacts facts(int passkey, long training, List<Long> shares) {
        var texts = new ShareTexts(Map.of(SampleShare.SEARCH, shares.subList(0, 1), SampleShare.SELECTION, shares.subList(1, 2),
                SampleShare.REPORT, shares.subList(2, 3)));
        return new PlanFacts(Optional.of(CONFIG), OptionalInt.of(200), Map.of(Retrieval.PASSKEY, passkey), Optional.of(texts::room),
                OptionalLong.of(training), Map.of());
    }
}
