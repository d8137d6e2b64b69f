package io.longrope.evaluator.metric;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class MetricTest {

    @Test
    void aLossThatIsNoNumberStaysNone() {
        assertThat(Metric.perplexity(List.of(0.0, 0.0))).isEqualTo(1);
        assertThat(Metric.perplexity(List.of(1.0, Double.NaN))).isNaN();
        assertThat(Metric.perplexity(List.of(1.0, Double.POSITIVE_INFINITY))).isEqualTo(Double.POSITIVE_INFINITY);
    }
}
