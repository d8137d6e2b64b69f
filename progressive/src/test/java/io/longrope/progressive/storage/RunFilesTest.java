package io.longrope.progressive.storage;

import io.longrope.progressive.driver.JobSession;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/** Which checkpoints are whose, without a Kafka. */
class RunFilesTest {

    private static final String OWN = "train/0123456789abcdef";
    private static final String SHARED = "train/fedcba9876543210";

    @TempDir
    private Path root;

    @Test
    void whatAJobAloneBuildsOnGoesAndWhatOthersBuildOnStays() throws IOException {
        var one = run(1, OWN, SHARED);
        var other = run(2, SHARED);
        checkpoint(OWN, 100);
        checkpoint(SHARED, 200);
        checkpoint("train/00000000000000ff", 7);
        checkpoint(one + "/model", 30);
        var deletion = Deletion.of(RunFiles.in(root), Set.of(one));
        assertThat(deletion.lines()).containsExactly("goes   " + root.resolve(one + "/model") + ", 30 B",
                "goes   " + root.resolve(OWN) + ", 100 B", "stays  " + root.resolve(SHARED) + ", 200 B: " + other + " builds on it");
        assertThat(Deletion.of(RunFiles.in(root), Set.of(one, other)).goes()).extracting(RunFiles.Checkpoints::directory)
                .containsExactly(root.resolve(one + "/model"), root.resolve(OWN), root.resolve(SHARED));
        assertThat(Deletion.of(RunFiles.in(root), Set.of("unknown")).lines()).isEmpty();
    }

    @Test
    void trainingsBelowARunDirectoryBelongToItsJob() throws IOException {
        var job = run(1, OWN);
        checkpoint(job + "/" + OWN, 100);
        var files = RunFiles.in(root);
        assertThat(files.checkpoints()).singleElement().satisfies(one -> {
            assertThat(one.directory()).isEqualTo(root.resolve(job + "/train"));
            assertThat(one.users()).containsExactly(job);
            assertThat(files.isIn(one, job + "/" + OWN + "/attempt-1/model")).isTrue();
            assertThat(files.isIn(one, OWN + "/attempt-1/model")).isFalse();
        });
    }

    @Test
    void whatNoRunNamesIsNobodysAndDirectoriesThatAreNoRunsAreLeftAlone() throws IOException {
        checkpoint(SHARED, 200);
        Files.createDirectories(root.resolve("mine"));
        Files.writeString(root.resolve("mine/model.safetensors"), "mine");
        assertThat(RunFiles.in(root).checkpoints()).singleElement().satisfies(one -> assertThat(one.users()).isEmpty());
        assertThat(RunFiles.in(root.resolve("missing")).checkpoints()).isEmpty();
    }

    @Test
    void aRunWithAPlanOfAnotherTimeGoesByItsName() throws IOException {
        Files.createDirectories(root.resolve("old-0123abcd"));
        Files.writeString(root.resolve("old-0123abcd/plan.yaml"), "schema: 99\n");
        assertThat(RunFiles.in(root).runs()).extracting(RunFiles.Run::job).containsExactly("old-0123abcd");
    }

    @Test
    void tableTellsOfEveryPart() throws IOException {
        var job = run(1, SHARED);
        run(2, SHARED);
        checkpoint(SHARED, 2048);
        checkpoint(job + "/model", 30);
        checkpoint("train/ffffffffffffffff", 40);
        Files.createDirectories(root.resolve("tokens"));
        Files.write(root.resolve("tokens/a.tokens"), new byte[10]);
        var table = StorageTable.of(List.of(), RunFiles.in(root), root.resolve("tokens"));
        assertThat(table.table().rows()).contains(List.of("checkpoints", job, "30 B", "until delete, or driver --keep-checkpoints",
                root.resolve(job + "/model").toString()),
                List.of("token files", "", "10 B", "until you remove it, or worker --keep-tokens", root.resolve("tokens").toString()));
        assertThat(table.rows()).filteredOn(row -> row.what().equals("checkpoints") && row.jobs().isEmpty()).singleElement()
                .satisfies(row -> assertThat(row.kept()).as("no job's").isEqualTo("until you remove it"));
        assertThat(table.rows()).extracting(StorageTable.Row::kept).doesNotContain("");
        assertThat(table.rows()).filteredOn(row -> row.jobs().size() == 2).singleElement()
                .satisfies(row -> assertThat(row.bytes()).hasValue(2048));
        assertThat(table.rows()).filteredOn(row -> row.what().equals("tables and reports") && row.jobs().contains(job)).singleElement()
                .satisfies(row -> assertThat(row.bytes()).hasValue(Files.size(root.resolve(job + "/plan.yaml"))
                        + Files.size(root.resolve(job + "/stages/1-tune.json"))));
        assertThatCode(() -> Json.write(table.tree())).doesNotThrowAnyException();
    }

    /** A run directory whose records name trainings. */
    private String run(long seed, String... trainings) throws IOException {
        var plan = plan(seed);
        var job = JobSession.id(plan).value();
        var directory = Files.createDirectories(root.resolve(job + "/stages")).getParent();
        Files.writeString(directory.resolve("plan.yaml"), plan.toYaml());
        Files.writeString(directory.resolve("stages/1-tune.json"), "{\"path\" : \"" + String.join("\", \"", trainings) + "/attempt-1\"}");
        return job;
    }

    private void checkpoint(String place, int bytes) throws IOException {
        var directory = Files.createDirectories(root.resolve(place).resolve("attempt-1/model"));
        Files.write(directory.resolve("model.safetensors"), new byte[bytes]);
    }

    static JobPlan plan(long seed) throws IOException {
        return new PlanReader(PlanCheck.UNSEEN).read(Json.mapper().readTree("""
                {"schema": 1, "name": "run", "seed": %d, "model": "model", "data": {"evaluation": "text.txt"},
                 "stages": [{"search": {"length": "128", "on": "base"}}]}
                """.formatted(seed)));
    }
}
