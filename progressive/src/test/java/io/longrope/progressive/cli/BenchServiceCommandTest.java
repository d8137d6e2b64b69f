package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

import static org.assertj.core.api.Assertions.assertThat;

class BenchServiceCommandTest {

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void measuresWorkersOnKafkaAndInMemory() throws IOException {
        assertThat(run("bench", "service", "--workers", "2", "--simulated", "20", "--jobs", "2", "--seconds", "0.05", "--generations", "5",
                "--generation", "20", "--format", "json")).as(err.toString(StandardCharsets.UTF_8)).isZero();
        var rows = Json.mapper().readTree(out.toString()).path("rows");
        assertThat(rows).extracting(row -> row.path("queue").textValue()).containsExactly("kafka", "memory");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.path("utilisation").doubleValue()).isBetween(0.01, 1.0);
            assertThat(row.path("evaluations").intValue()).isPositive();
            assertThat(row.path("processSecondsPerEvaluation").doubleValue()).isPositive();
        });
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(run("bench", "service", "--generations", "2")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--generations must be at least 3");
    }

    private int run(String... arguments) {
        return new Main.Console(new PrintWriter(out, true), new Terminal(err, 0)).execute(arguments);
    }
}
