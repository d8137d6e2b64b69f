package io.longrope.progressive.driver;

import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.RunLayout;
import io.longrope.progressive.report.RunReport;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RunDirectoryTest {

    @TempDir
    private Path directory;

    @Test
    void itBelongsToOnePlanAndOneProcess() throws Exception {
        var path = directory.resolve("run");
        var plan = plan(3);
        try (var held = RunDirectory.open(path, plan)) {
            assertThat(held.path()).isEqualTo(path);
            assertThatThrownBy(() -> RunDirectory.open(path, plan)).isInstanceOf(BadInput.class).hasMessageContaining("must not be in use");
        }
        RunDirectory.open(path, plan).close();
        var other = plan(4);
        assertThatThrownBy(() -> RunDirectory.open(path, other)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must belong to this plan");
        var file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> RunDirectory.open(file.resolve("below"), plan)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be writable");
    }

    @Test
    void aPlanThatCannotBeWrittenLeavesNoLockBehind() throws Exception {
        var path = directory.resolve("run");
        var plan = plan(3);
        // a directory in the way of the temporary file
        var obstacle = Files.createDirectories(path.resolve("plan.yaml.part"));
        assertThatThrownBy(() -> RunDirectory.open(path, plan)).isInstanceOf(BadInput.class).hasMessageContaining("must be writable");
        Files.delete(obstacle);
        RunDirectory.open(path, plan).close();
    }

    @Test
    void theRunOfAnOlderBuildIsRefusedInOneLineThatSaysWhatToDo() throws Exception {
        var path = directory.resolve("run");
        var plan = plan(3);
        RunDirectory.open(path, plan).close();
        var layout = path.resolve(RunLayout.FILE);
        // directories had no such file when scores were kept instead of results
        Files.delete(layout);
        assertThatThrownBy(() -> RunDirectory.open(path, plan)).isInstanceOf(BadInput.class).hasMessage("run directory " + path
                + " must have layout 2, but was the run of an older longrope; --run-dir chooses another directory for a new run; "
                + "longrope export still reads the tables of this one, and the longrope that made it goes on with it");
        assertThatThrownBy(() -> RunReport.read(path)).isInstanceOf(BadInput.class).hasMessageContaining("must have layout 2");
        Files.writeString(layout, "3\n");
        assertThatThrownBy(() -> RunDirectory.open(path, plan)).hasMessageContaining("but was layout 3, of another longrope");
        Files.writeString(layout, "2\n");
        RunDirectory.open(path, plan).close();
    }

    private JobPlan plan(int seed) throws IOException {
        return new PlanReader(PlanCheck.UNSEEN).read(Files.writeString(directory.resolve("plan.yaml"), """
                schema: 1
                name: fake
                seed: %d
                model: base
                data: {evaluation: e}
                stages:
                  - search: {length: 1024}
                """.formatted(seed)), List.of());
    }
}
