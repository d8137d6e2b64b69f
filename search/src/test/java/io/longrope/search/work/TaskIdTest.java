package io.longrope.search.work;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TaskIdTest {

    private static final ScoreTask TASK = (ScoreTask) SampleTasks.task(3);

    /** Python: hashlib.sha256(json.dumps(question, sort_keys=True, separators=(",", ":")).encode()).hexdigest(). */
    @Test
    void savedResultsKeepTheirIds() {
        assertThat(TASK.id().value()).isEqualTo("c40b4556220e482368e49d1e638e1f4e400a126d5a0002a1be99ba3c9cb6c924");
        assertThat(needle(7, 0).id().value()).isEqualTo("a8daf34c9351b9a84ee1084d3cae6b4d666b6562e7ed8ab7833522403a696e8c");
    }

    @Test
    void seedAndNumberDecideNeedlesButNoPerplexityOfTheSameTokens() {
        assertThat(needle(8, 0).id()).isNotEqualTo(needle(7, 0).id());
        assertThat(needle(7, 1).id()).isNotEqualTo(needle(7, 0).id());
        assertThat(drawn(8, 1, Objective.PERPLEXITY).id()).isEqualTo(TASK.id());
    }

    @Test
    void whereFilesLieDecidesNothingAndHowItIsComputedDoes() {
        var model = new ModelReference("elsewhere", TASK.model().fingerprint());
        assertThat(with(model, TASK.arithmetic()).id()).isEqualTo(TASK.id());
        var arithmetic = TASK.arithmetic();
        assertThat(with(TASK.model(), new Arithmetic(Precision.BF16, arithmetic.chunk(), arithmetic.threads())).id())
                .isNotEqualTo(TASK.id());
        assertThat(with(TASK.model(), new Arithmetic(arithmetic.precision(), 32, arithmetic.threads())).id()).isNotEqualTo(TASK.id());
        assertThat(with(TASK.model(), new Arithmetic(arithmetic.precision(), arithmetic.chunk(), 2)).id()).isNotEqualTo(TASK.id());
        assertThat(with(new ModelReference("model", "cd".repeat(32)), arithmetic).id()).isNotEqualTo(TASK.id());
    }

    @Test
    void whoAsksForBitsIsNotAnsweredByATaskWhoseChunkMayShrink() {
        var arithmetic = TASK.arithmetic();
        var loose = with(TASK.model(), new Arithmetic(arithmetic.precision(), arithmetic.chunk(), arithmetic.threads(), true));
        assertThat(loose.id()).isNotEqualTo(TASK.id());
        assertThat(arithmetic.smaller()).isEmpty();
        assertThat(new Arithmetic(Precision.F32, 200, 1, true).smaller()).contains(new Arithmetic(Precision.F32, 100, 1, true));
        assertThat(new Arithmetic(Precision.F32, 100, 1, true).smaller()).isEmpty();
    }

    @Test
    void anotherStartTokenIsAnotherQuestion() {
        var model = TASK.model();
        assertThat(with(new ModelReference(model.path(), model.fingerprint(), Optional.of("none")), TASK.arithmetic()).id())
                .isNotEqualTo(TASK.id());
    }

    @Test
    void whatIsReadInWindowsIsAnotherQuestionForEachWindow() {
        assertThat(cropped(16).id().value()).isEqualTo("4b699395a645ed5d5694208aff091da7f104715f7bf4b74f7a847f5b584b8b04");
        assertThat(cropped(17).id()).isNotEqualTo(cropped(16).id());
        assertThat(cropped(16).id()).isNotEqualTo(TASK.id());
    }

    @Test
    void tasksOfBuildsThatKnewNoWindowsAreReadWhole() throws Exception {
        var text = Json.write(TASK);
        assertThat(text).doesNotContain("window");
        assertThat(Json.mapper().readValue(text, Task.class)).isEqualTo(TASK);
        assertThat(Json.mapper().readValue(Json.write(cropped(16)), Task.class)).isEqualTo(cropped(16));
        assertThatThrownBy(() -> cropped(1)).isInstanceOf(BadInput.class).hasMessageContaining("score.window must be at least 2");
    }

    @Test
    void lossesByPositionAreAnotherQuestionForEachBinning() throws Exception {
        assertThat(byPosition(Objective.PERPLEXITY, 16, 64).id()).isNotEqualTo(TASK.id())
                .isNotEqualTo(byPosition(Objective.PERPLEXITY, 32, 64).id());
        assertThat(Json.write(TASK)).doesNotContain("borders");
        var task = byPosition(Objective.PERPLEXITY, 16, 64);
        assertThat(Json.mapper().readValue(Json.write(task), Task.class)).isEqualTo(task);
        assertThat(Json.write(new Outcome.Loss(1.5))).isEqualTo("{\"kind\":\"loss\",\"nats\":1.5}");
        assertThatThrownBy(() -> byPosition(Objective.PERPLEXITY, 16, 16)).isInstanceOf(BadInput.class)
                .hasMessageContaining("score.borders must ascend from 2 or more to at most the sample's length, 64");
        assertThatThrownBy(() -> byPosition(Objective.PERPLEXITY, 1, 64)).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> byPosition(Objective.PERPLEXITY, 16, 65)).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> byPosition(Objective.NEEDLE, 16, 64)).isInstanceOf(BadInput.class)
                .hasMessageContaining("objective needle perplexity");
    }

    @Test
    void theTokensThatCountAreAnotherQuestion() throws Exception {
        assertThat(counting(Objective.LONGPPL, 7, 9).id()).isNotEqualTo(counting(Objective.LONGPPL, 7, 10).id());
        assertThat(Json.write(TASK)).doesNotContain("keys");
        var task = counting(Objective.LONGPPL, 7, 9);
        assertThat(Json.mapper().readValue(Json.write(task), Task.class)).isEqualTo(task);
        assertThatThrownBy(() -> counting(Objective.LONGPPL)).isInstanceOf(BadInput.class)
                .hasMessageContaining("score.keys must be there for LongPPL, and for nothing else, but was 0 with objective LongPPL");
        assertThatThrownBy(() -> counting(Objective.PERPLEXITY, 7)).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> counting(Objective.LONGPPL, 7, 7)).isInstanceOf(BadInput.class)
                .hasMessageContaining("score.keys must ascend from 1 or more to below the sample's length, 64");
        assertThatThrownBy(() -> counting(Objective.LONGPPL, 64)).isInstanceOf(BadInput.class);
    }

    @Test
    void aGradientIsAnotherQuestionAboutTheSameSample() throws Exception {
        var task = TASK.withGradient();
        assertThat(task.id()).isNotEqualTo(TASK.id());
        assertThat(Json.write(TASK)).doesNotContain("gradient");
        assertThat(Json.mapper().readValue(Json.write(task), Task.class)).isEqualTo(task);
        var found = new Outcome.Loss(1.5, List.of(), List.of(0.1 + 0.2, -3.0));
        assertThat(Json.mapper().readValue(Json.write(found), Outcome.class)).isEqualTo(found);
        assertThatThrownBy(() -> cropped(16).withGradient()).isInstanceOf(BadInput.class)
                .hasMessageContaining("score.gradient must be asked of the perplexity of a sample read whole");
        assertThatThrownBy(() -> byPosition(Objective.PERPLEXITY, 16, 64).withGradient()).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> needle(7, 0).withGradient()).isInstanceOf(BadInput.class);
    }

    @Test
    void whatCropSeesOfAPromptIsPartOfTheQuestionWhereItIsAsked() throws Exception {
        var whole = prompts(OptionalInt.empty());
        var cropped = prompts(OptionalInt.of(256));
        assertThat(cropped.id()).isNotEqualTo(whole.id()).isNotEqualTo(prompts(OptionalInt.of(128)).id());
        assertThat(Json.write(whole)).doesNotContain("window");
        assertThat(Json.mapper().readValue(Json.write(whole), Task.class)).isEqualTo(whole);
        assertThat(Json.mapper().readValue(Json.write(cropped), Task.class)).isEqualTo(cropped);
        assertThatThrownBy(() -> prompts(OptionalInt.of(1))).isInstanceOf(BadInput.class)
                .hasMessage("generate.window must be at least 2, but was 1");
    }

    private static GenerateTask prompts(OptionalInt window) {
        return new GenerateTask(TASK.model(), Retrieval.LINES, 1024, 0.5, 3, 7, TASK.candidate(), window, TASK.arithmetic());
    }

    @Test
    void evaluatorAndShortContextDecideKeyTokens() throws Exception {
        var other = new ModelReference("other", "cd".repeat(32));
        var task = keyTokens(TASK.model(), 32, 8);
        assertThat(keyTokens(TASK.model(), 32, 8).id()).isEqualTo(task.id());
        assertThat(List.of(keyTokens(TASK.model(), 33, 8).id(), keyTokens(TASK.model(), 32, 9).id(), keyTokens(other, 32, 8).id()))
                .doesNotContain(task.id()).doesNotHaveDuplicates();
        assertThat(Json.mapper().readValue(Json.write(task), Task.class)).isEqualTo(task);
        var found = new Outcome.KeyTokens(List.of(3, 5));
        assertThat(Json.mapper().readValue(Json.write(found), Outcome.class)).isEqualTo(found);
    }

    private static KeyTokensTask keyTokens(ModelReference evaluator, int context, int step) {
        return new KeyTokensTask(evaluator, TASK.model(), TASK.sample(), TASK.candidate(), new ShortContext(context, step),
                TASK.arithmetic());
    }

    private static ScoreTask counting(Objective objective, Integer... keys) {
        return new ScoreTask(TASK.model(), TASK.sample(), objective, TASK.candidate(), OptionalInt.empty(), List.of(), List.of(keys),
                TASK.arithmetic());
    }

    private static ScoreTask byPosition(Objective objective, Integer... borders) {
        return new ScoreTask(TASK.model(), TASK.sample(), objective, TASK.candidate(), OptionalInt.empty(), List.of(borders),
                List.of(), TASK.arithmetic());
    }

    private static ScoreTask cropped(int window) {
        return new ScoreTask(TASK.model(), TASK.sample(), TASK.objective(), TASK.candidate(), OptionalInt.of(window), List.of(),
                List.of(), TASK.arithmetic());
    }

    private static ScoreTask with(ModelReference model, Arithmetic arithmetic) {
        return ScoreTask.whole(model, TASK.sample(), TASK.objective(), TASK.candidate(), arithmetic);
    }

    private static ScoreTask needle(long seed, int index) {
        return drawn(seed, index, Objective.NEEDLE);
    }

    private static ScoreTask drawn(long seed, int index, Objective objective) {
        var sample = TASK.sample();
        return ScoreTask.whole(TASK.model(), new Sample(sample.text(), sample.share(), index, sample.length(), seed, sample.fingerprint()),
                objective, TASK.candidate(), TASK.arithmetic());
    }
}
