package io.longrope.progressive.bench;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.TaskId;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class TaskLengthTest {

    private static final int MANY = 20_000;

    @Test
    void allTakeTheMeanUnlessTheyAreToDiffer() {
        var length = new TaskLength(Duration.ofMillis(1500), 0);
        assertThat(IntStream.range(0, 20).mapToObj(i -> length.of(task(i)))).containsOnly(Duration.ofMillis(1500));
    }

    @Test
    void logarithmsAreGaussianAndTheMeanIsKept() {
        double sigma = 0.5;
        var length = new TaskLength(Duration.ofSeconds(2), sigma);
        var seconds = IntStream.range(0, MANY).mapToDouble(i -> length.of(task(i)).toNanos() / 1e9).toArray();
        assertThat(mean(seconds)).isCloseTo(2, within(0.04));
        var logarithms = IntStream.range(0, MANY).mapToDouble(i -> Math.log(seconds[i] / 2) + sigma * sigma / 2).toArray();
        assertThat(mean(logarithms)).isCloseTo(0, within(0.02));
        assertThat(Math.sqrt(mean(IntStream.range(0, MANY).mapToDouble(i -> logarithms[i] * logarithms[i]).toArray())))
                .isCloseTo(sigma, within(0.02));
        assertThat(mean(IntStream.range(0, MANY).mapToDouble(i -> Math.abs(logarithms[i]) < sigma ? 1 : 0).toArray()))
                .isCloseTo(0.683, within(0.02));
    }

    @Test
    void aTaskTakesEquallyLongWhoeverDoesIt() {
        var length = new TaskLength(Duration.ofSeconds(2), 0.5);
        assertThat(length.of(task(1))).isEqualTo(new TaskLength(Duration.ofSeconds(2), 0.5).of(task(1))).isNotEqualTo(length.of(task(2)));
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> new TaskLength(Duration.ZERO, 0)).isInstanceOf(BadInput.class).hasMessageContaining("seconds");
        assertThatThrownBy(() -> new TaskLength(Duration.ofSeconds(1), -0.1)).isInstanceOf(BadInput.class).hasMessageContaining("sigma");
    }

    private static double mean(double[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElseThrow();
    }

    private static TaskId task(int number) {
        return new TaskId(Json.sha256(Integer.toString(number)));
    }
}
