package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.LossByPosition;
import io.longrope.evaluator.metric.LossByPosition.Bin;
import io.longrope.progressive.report.MetricTable.Quantity;
import io.longrope.progressive.stage.Evaluation;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class PositionReportTest {

    /** Within the window of 16 all methods lose 3; beyond it they differ. */
    private static final ReportScores SCORES = new ReportScores(16, List.of("RoPE", "crop", "LongRoPE"), List.of(
            new ReportScores.Row(16, List.of(beyond(16, 0, 0), beyond(16, 0, 0), Optional.empty())),
            new ReportScores.Row(32, List.of(diverged(), beyond(32, 2, 2), beyond(32, 1.5, 1.75)))));

    @Test
    void gainIsWhatIsLostLessThanByCropBeyondTheWindow() {
        var gains = SCORES.gains();

        assertThat(gains.columns()).containsExactly("RoPE", "LongRoPE");
        assertThat(gains.rows()).singleElement().satisfies(row -> {
            assertThat(row.length()).isEqualTo(32);
            assertThat(row.bin()).isEqualTo(new Bin(16, 32));
            assertThat(row.figures().get(0)).contains(Estimate.of(Double.NEGATIVE_INFINITY));
            var gain = row.figures().get(1).orElseThrow();
            // 0.5 of one sample and 0.25 of the other
            assertThat(gain.value()).isCloseTo(0.375, within(1e-12));
            assertThat(gain.standardError().getAsDouble()).isCloseTo(0.125, within(1e-12));
        });
        assertThat(gains.table().markdown()).contains("| 32     | 16   | 32 | diverged | +0.3750 ± 0.1250 |");
        assertThat(gains.exactTable().csv()).isEqualTo("length,from,to,RoPE,LongRoPE,RoPE standard error,LongRoPE standard error\n"
                + "32,16,32,-Infinity,0.375,,0.125");
    }

    @Test
    void lossesByPositionAreOfEveryLengthAndTheWindowIsABorder() {
        var positions = SCORES.positions();

        assertThat(positions.rows().stream().filter(row -> row.length() == 32).map(PositionReport.Row::bin)).contains(new Bin(11, 16),
                new Bin(16, 23), new Bin(23, 32));
        assertThat(positions.longest().rows()).extracting(PositionReport.Row::length).containsOnly(32);
        var last = positions.rows().get(positions.rows().size() - 1);
        assertThat(last.figures()).containsExactly(Optional.of(Estimate.of(Double.POSITIVE_INFINITY)),
                Optional.of(new Estimate(2, OptionalDouble.of(0))), Optional.of(new Estimate(1.625, OptionalDouble.of(0.125))));
        assertThat(positions.rows().get(0).figures().get(2)).as("it says nothing about 16").isEmpty();
    }

    @Test
    void readsWhatItWrote() throws Exception {
        for (var report : List.of(SCORES.gains(), SCORES.positions())) {
            assertThat(PositionReport.fromTree(Json.mapper().readTree(Json.write(report.tree())))).isEqualTo(report);
        }
        assertThat(SCORES.positions().quantity()).isEqualTo(Quantity.LOSS);
    }

    @Test
    void withinTheWindowThereIsNoGain() {
        assertThat(new ReportScores(32, SCORES.columns(), List.of(SCORES.rows().get(0))).gains().rows()).isEmpty();
    }

    /** Of two samples, each with the same loss at all positions from 16 on. */
    private static Optional<Evaluation> beyond(int length, double first, double second) {
        var byPosition = List.of(losses(length, first), losses(length, second));
        return Optional.of(new Evaluation(List.of(1.0, 1.0), byPosition, "", 1));
    }

    private static List<Double> losses(int length, double beyond) {
        return LossByPosition.bins(16, length).stream().map(bin -> bin.from() < 16 ? 3.0 : beyond).toList();
    }

    private static Optional<Evaluation> diverged() {
        return Optional.of(new Evaluation(List.of(), List.of(), "the loss of sample 0 is NaN", 1));
    }
}
