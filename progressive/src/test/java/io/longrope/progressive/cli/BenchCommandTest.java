package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

class BenchCommandTest {

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void speedIsOperationsOverSecondsAtEveryLength() throws IOException {
        assertThat(run("bench", "evaluate", "--width", "64", "--layers", "1", "--vocabulary", "100", "--lengths", "64,128", "--repeats",
                "1",
                "--threads", "1", "--format", "json")).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
        var table = Json.mapper().readTree(out.toString());
        assertThat(table.path("rows")).extracting(row -> row.path("length").intValue()).containsExactly(64, 128);
        // 4 attention matrices, a feed-forward network of 256, the head; attention to 64 * 65 / 2 pairs
        double operations = 2 * 64 * (4 * 64 * 64 + 3 * 64 * 256 + 3 * 64 + 100 * 64) + 4 * 64 * (64 * 65 / 2.0);
        var row = table.path("rows").get(0);
        assertThat(row.path("operationsPerSecond").doubleValue() * row.path("seconds").doubleValue())
                .isCloseTo(operations, withinPercentage(1e-6));
        assertThat(row.path("shareOfPeak").doubleValue()).isGreaterThan(0);
    }

    @Test
    void aTrainingStepIsMeasuredRecomputingAndNot() throws IOException {
        assertThat(run("bench", "train", "--width", "64", "--layers", "2", "--vocabulary", "100", "--length", "64", "--lora-rank", "2",
                "--format", "json"))
                .as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
        var table = Json.mapper().readTree(out.toString());
        assertThat(table.path("rows")).extracting(row -> row.path("recompute").booleanValue()).containsExactly(true, false);
        // rank 2 on both sides of q, k, v, o and of gate, up, down, whose inner width is 256
        assertThat(table.path("rows").get(0).path("trainable").intValue()).isEqualTo(2 * 2 * (4 * (64 + 64) + 3 * (64 + 256)));
        assertThat(table.path("rows").get(1).path("seconds").doubleValue()).isGreaterThan(0);
    }

    @Test
    void theFirstPassCountsWhereNoneIsRepeated() throws IOException {
        assertThat(run("bench", "evaluate", "--width", "16", "--head-width", "16", "--layers", "1", "--vocabulary", "100", "--lengths",
                "64", "--repeats", "0",
                "--threads", "1", "--format", "json")).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
        var table = Json.mapper().readTree(out.toString());
        assertThat(table.path("parameters").longValue()).isEqualTo(4 * 16 * 16 + 3 * 16 * 256 + 3 * 16 + 2 * 100 * 16);
        assertThat(table.path("rows").get(0).path("seconds").doubleValue()).isGreaterThan(0);
    }

    @Test
    void aWidthThatHoldsNoWholeHeadsIsRefused() {
        assertThat(run("bench", "evaluate", "--width", "100")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8).strip()).isEqualTo("--width must be a multiple of 64, but was 100");
    }

    private int run(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }
}
