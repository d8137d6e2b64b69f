package io.longrope.progressive.monitor;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MetricTest {

    @Test
    void textIsWhatPrometheusReads() {
        var evaluations = new Metric("longrope_evaluations_total", "Evaluations \\ measured,\nby outcome.", Metric.Type.COUNTER, List.of(
                new Metric.Sample(Map.of("worker", "a", "outcome", "complete"), 3),
                new Metric.Sample(Map.of("worker", "say \"b\"\\\n", "outcome", "diverged"), 0)));
        var empty = new Metric("longrope_empty", "Nothing.", Metric.Type.GAUGE, List.of());
        var best = Metric.gauge("longrope_best", "Best.", Double.POSITIVE_INFINITY);
        var rate = Metric.gauge("longrope_rate", "Rate.", 0.1);
        assertThat(Metric.text(List.of(evaluations, empty, best, rate))).isEqualTo("""
                # HELP longrope_evaluations_total Evaluations \\\\ measured,\\nby outcome.
                # TYPE longrope_evaluations_total counter
                longrope_evaluations_total{outcome="complete",worker="a"} 3
                longrope_evaluations_total{outcome="diverged",worker="say \\"b\\"\\\\\\n"} 0
                # HELP longrope_best Best.
                # TYPE longrope_best gauge
                longrope_best +Inf
                # HELP longrope_rate Rate.
                # TYPE longrope_rate gauge
                longrope_rate 0.1
                """);
    }

    @Test
    void namesFollowTheConventions() {
        assertThatThrownBy(() -> Metric.gauge("evaluations", "", 0)).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> new Metric("longrope_evaluations", "", Metric.Type.COUNTER, List.of())).isInstanceOf(BadInput.class)
                .hasMessageContaining("must end in _total");
    }
}
