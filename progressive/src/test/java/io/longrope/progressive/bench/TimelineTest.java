package io.longrope.progressive.bench;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class TimelineTest {

    private static final long SECOND = 1_000_000_000L;

    private final Timeline timeline = new Timeline();

    @Test
    void countsOnlyTheSteadyState() {
        asks(1, 0, 2, 10);
        asks(2, 1, 3, 12);
        works(7, 0, 4);
        works(7, 5, 9);
        works(7, 9, 20);
        works(8, 4, 6);

        var use = timeline.use(3);

        assertThat(use.steadySeconds()).isEqualTo(7);
        assertThat(use.evaluations()).isEqualTo(3);
        assertThat(use.utilisation()).isCloseTo((1 + 4 + 1 + 2) / 21.0, within(1e-12));
        assertThat(use.medianGap()).isZero();
        assertThat(timeline.evaluations()).isEqualTo(4);
    }

    @Test
    void jobsThatDoNotOverlapHaveNoSteadyState() {
        asks(1, 0, 1, 2);
        asks(2, 3, 4, 5);
        assertThatThrownBy(() -> timeline.use(1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("no steady state");
    }

    private void asks(long job, long... seconds) {
        for (long second : seconds) {
            timeline.asked(job, second * SECOND);
        }
    }

    private void works(long worker, long from, long to) {
        timeline.worked(worker, from * SECOND, to * SECOND);
    }
}
