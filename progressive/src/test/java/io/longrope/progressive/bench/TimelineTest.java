package io.longrope.progressive.bench;

import io.longrope.search.work.TaskId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class TimelineTest {

    private static final long SECOND = 1_000_000_000L;

    private final Timeline timeline = new Timeline();

    @Test
    void countsTheTimeInWhichEveryJobHasTasksToGive() {
        works(7, 1, 0, 4);
        works(7, 2, 5, 9);
        works(7, 1, 9, 20);
        works(8, 2, 2, 6);
        works(8, 2, 10, 11);
        works(8, 2, 12, 13);

        var use = timeline.use(3);

        assertThat(use.countedSeconds()).isEqualTo(9 - 2);
        assertThat(use.utilisation()).isCloseTo((2 + 4 + 4) / (3 * 7.0), within(1e-12));
        assertThat(use.medianGap()).isZero();
        assertThat(use.tasks()).isEqualTo(6);
        assertThat(use.fewest()).isZero();
        assertThat(timeline.use(2).fewest()).isEqualTo(3);
    }

    @Test
    void jobsThatDoNotOverlapLeaveNothingToCount() {
        works(7, 1, 0, 1);
        works(7, 1, 1, 2);
        works(7, 2, 3, 4);
        works(7, 2, 4, 5);
        assertThatThrownBy(() -> timeline.use(1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("nothing to count");
    }

    @Test
    void tellsWhenATaskWasDoneAnew() {
        var lost = task(1);
        timeline.worked(7, new Timeline.Interval(1, task(2), 4 * SECOND, 5 * SECOND));
        timeline.worked(7, new Timeline.Interval(1, lost, SECOND, 2 * SECOND));
        assertThat(timeline.firstAfter(3 * SECOND, lost)).isEmpty();
        timeline.worked(8, new Timeline.Interval(1, lost, 6 * SECOND, 8 * SECOND));
        timeline.worked(9, new Timeline.Interval(1, lost, 5 * SECOND, 9 * SECOND));

        var anew = timeline.firstAfter(3 * SECOND, lost).orElseThrow();

        assertThat(anew.beginsAfter(3 * SECOND)).isEqualTo(2);
        assertThat(anew.endsAfter(3 * SECOND)).isEqualTo(6);
    }

    private void works(long worker, long job, long from, long to) {
        timeline.worked(worker, new Timeline.Interval(job, task(from), from * SECOND, to * SECOND));
    }

    private static TaskId task(long number) {
        return new TaskId(String.format("%064x", number));
    }
}
