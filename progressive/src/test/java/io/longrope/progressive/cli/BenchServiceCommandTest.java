package io.longrope.progressive.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

class BenchServiceCommandTest {

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void measuresWorkersOnKafkaAndInMemory() throws IOException {
        var rows = rows("--workers", "2", "--simulated", "20", "--jobs", "2", "--seconds", "0.05", "--per-worker", "10", "--generation",
                "20", "--warm-up", "3");
        assertThat(rows).extracting(row -> row.path("queue").textValue()).containsExactly("kafka", "memory");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.path("utilisation").doubleValue()).isBetween(0.01, 1.0);
            assertThat(row.path("processSecondsPerTask").doubleValue()).isPositive();
            assertThat(row.path("recoveries")).isEmpty();
        });
        assertThat(rows).extracting(row -> row.path("tasks").intValue()).as("without those to warm up").containsExactly(120, 200);
    }

    @Test
    void tasksOfDepartedWorkersAreDoneByOthers() throws IOException {
        var rows = rows("--workers", "2", "--simulated", "4", "--jobs", "1", "--seconds", "0.5", "--sigma", "0.5", "--per-worker", "30",
                "--generation", "10", "--algorithm", "random", "--leaving", "1", "--dying", "1", "--frozen", "1", "--warm-up", "0");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.path("tasks").intValue()).isBetween(60, 120);
            assertThat(row.path("recoveries")).allSatisfy(recovery ->
                    assertThat(recovery.path("doneSeconds").doubleValue()).isGreaterThan(recovery.path("begunSeconds").doubleValue()));
        });
        // on a busy machine the last process may come when all is done, and that is told
        var told = err.toString(StandardCharsets.UTF_8);
        assertThat(rows.get(0).path("recoveries")).extracting(recovery -> recovery.path("departure").textValue())
                .containsExactlyInAnyOrderElementsOf(Stream.of("freezes", "dies", "leaves")
                        .filter(departure -> !told.contains("depart with: " + departure + " fewer")).toList());
        assertThat(seconds(rows.get(0), "freezes")).as("only when its lock has run out").isGreaterThan(5);
        assertThat(rows.get(1).path("recoveries")).extracting(recovery -> recovery.path("departure").textValue())
                .containsExactly("leaves");
    }

    @Test
    void virtualWorkersFindWhatOneDoesInLessTime() throws IOException {
        var arguments = new String[] {"--search", "--workers", "1,30", "--problems", "bowl-48", "--seeds", "3", "--max-evaluations", "16",
            "--samples", "3"};
        var rows = rows(arguments);
        assertThat(rows).extracting(row -> row.path("workers").intValue()).containsExactly(1, 30);
        assertThat(rows.get(0).path("speedUp").doubleValue()).isEqualTo(1);
        assertThat(rows.get(0).path("oneSeconds").doubleValue()).as("a second a task").isBetween(3.0, 48.0);
        assertThat(rows.get(1).path("speedUp").doubleValue()).isBetween(2.0, 30.0);
        assertThat(rows.get(1).path("tokenRatio").doubleValue()).isBetween(0.2, 3.0);
        assertThat(rows(arguments)).as("no clock and no other work enters").isEqualTo(rows);
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(run("bench", "service", "--per-worker", "0")).isEqualTo(2);
        assertThat(run("bench", "service", "--sigma", "-1")).isEqualTo(2);
        assertThat(run("bench", "service", "--frozen", "-1")).isEqualTo(2);
        assertThat(run("bench", "service", "--search", "--problems", "bowl-49")).isEqualTo(2);
        assertThat(run("bench", "service", "--search", "--seeds", "0")).isEqualTo(2);
        assertThat(run("bench", "service", "--algorithm", "adaptiv", "--workers", "1")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--per-worker must be at least 1")
                .contains("--sigma must be between 0 and 3")
                .contains("did you mean 'bowl-48'").contains("--seeds must be at least 1")
                .contains("--frozen must be at least 0").contains("did you mean 'adaptive'");
    }

    private static double seconds(JsonNode row, String departure) {
        for (var recovery : row.path("recoveries")) {
            if (recovery.path("departure").textValue().equals(departure)) {
                return recovery.path("begunSeconds").doubleValue();
            }
        }
        throw new AssertionError("no worker " + departure);
    }

    private JsonNode rows(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("bench", "service", "--format", "json"));
        command.addAll(List.of(arguments));
        assertThat(run(command.toArray(String[]::new))).as(err.toString(StandardCharsets.UTF_8)).isZero();
        var rows = Json.mapper().readTree(out.toString()).path("rows");
        out.getBuffer().setLength(0);
        return rows;
    }

    private int run(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }
}
