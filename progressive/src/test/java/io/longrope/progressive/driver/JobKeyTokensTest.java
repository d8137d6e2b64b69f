package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.json.Json;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.stage.KnownMethods;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.work.KeyTokensTask;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.ShortContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Jobs whose candidates are compared by the tokens that text far back helps to predict. */
class JobKeyTokensTest {

    @TempDir
    private Path directory;

    @Test
    void keyTokensAreFoundOnceForEachSampleAndWhatFindsThemIsNotJudged() throws Exception {
        var job = job(JobRunnerTest.UNTRAINED + """
                search: {objective: longppl, max-evaluations: 20, finalists: 3, start-tokens: [0, 4]}
                stages:
                  - search: {length: 1024, racing: true}
                """);
        job.run(2, job::measure);

        var geometry = new RopeGeometry(16, 10_000, 256);
        var yarn = KnownMethods.candidate("yarn", geometry, 1024);
        assertThat(job.found).hasSize(5).extracting(KeyTokensTask::sample).doesNotHaveDuplicates();
        assertThat(job.found).allSatisfy(task -> assertThat(task).extracting(KeyTokensTask::candidate, KeyTokensTask::context)
                .containsExactly(yarn, new ShortContext(128, 32)));
        var byKeys = job.scored.stream().filter(task -> task.objective() == Objective.LONGPPL).toList();
        assertThat(byKeys).isNotEmpty().allSatisfy(task -> assertThat(task.keys()).hasSize(112).startsWith(128, 136));
        assertThat(byKeys).extracting(ScoreTask::candidate).as("crop is the untouched model")
                .contains(KnownMethods.candidate("ntk", geometry, 1024), Candidate.original(8)).doesNotContain(yarn);
        var entry = new JsonFormat().read(directory.resolve("run/tables/factors.json")).entries().get(0);
        assertThat(entry.protocol()).isEqualTo("perplexity of 3 samples of 1024 tokens, selection share of e; chosen by LongPPL");
    }

    @Test
    void anotherCheckpointFindsKeyTokensAsItsConfigurationSays() throws Exception {
        var job = job(JobRunnerTest.UNTRAINED + """
                search: {objective: longppl, evaluator: other, max-evaluations: 20, finalists: 3, start-tokens: [0, 4]}
                stages:
                  - search: {length: 1024}
                """);
        job.run(2, job::measure);

        assertThat(job.found).hasSize(5).allSatisfy(task -> {
            assertThat(task.model()).isEqualTo(new ModelReference("other", Json.sha256("other")));
            assertThat(task.reader().path()).isEqualTo("base");
            assertThat(task.candidate()).isEqualTo(Checkpoint.config(FakeJob.SHIPPED).candidate(1024));
        });
        assertThat(job.scored).filteredOn(task -> task.objective() == Objective.LONGPPL).extracting(ScoreTask::candidate)
                .contains(KnownMethods.candidate("yarn", new RopeGeometry(16, 10_000, 256), 1024));
        assertThat(Files.readString(directory.resolve("run/stages/1-search-1024.json"))).contains("\"evaluator\" : \""
                + Json.sha256("other"));
    }

    @Test
    void tooFewKeyTokensAreRefusedWithTheirNumber() throws Exception {
        var job = job(JobRunnerTest.UNTRAINED.replace("search: 2", "search: 1") + """
                search: {objective: longppl, max-evaluations: 20, finalists: 3, start-tokens: [0, 4]}
                stages:
                  - search: {length: 1024}
                """);
        assertThatThrownBy(() -> job.run(2, job::measure)).isInstanceOf(BadInput.class).hasMessageContaining("objective longppl must find "
                + "at least 200 key tokens in the 1 sample of 1024 tokens of the search share, with a context of 128 tokens that moves by "
                + "32, but was 112");
    }

    private FakeJob job(String text) throws IOException {
        var plan = new PlanReader(PlanCheck.UNSEEN).read(Files.writeString(directory.resolve("plan.yaml"), text), List.of());
        return new FakeJob(plan, directory.resolve("run"), directory.resolve("base"));
    }
}
