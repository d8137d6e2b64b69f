package io.longrope.search.evolution;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WorkSharingTest {

    private static final SearchAlgorithm ADAPTIVE = SearchAlgorithms.named("adaptive");

    @ParameterizedTest
    @CsvSource({"1, 5", "8, 5", "1, 1"})
    void aFewWorkersLeaveASearchAsItIs(int workers, int samples) {
        var usual = SearchSettings.builder().racing(true).build();
        assertThat(WorkSharing.of(ADAPTIVE, workers, samples).in(SearchSettings.builder()).build()).isEqualTo(usual);
    }

    /** Busy: tasks that can be done at once, none of them twice as long as the others. */
    @ParameterizedTest
    @CsvSource({"16, 5", "25, 5", "32, 5", "64, 5", "64, 3", "64, 1", "1000, 5", "9, 10"})
    void manyWorkersHaveMoreTasksAtOnce(int workers, int samples) {
        var sharing = WorkSharing.of(ADAPTIVE, workers, samples);
        int tasks = sharing.batch() * (sharing.racing() ? sharing.rungs().get(0) : samples);
        assertThat(tasks).isBetween(workers / 2, 4 * workers);
        assertThat(sharing.askAhead()).isEqualTo(1);
        ADAPTIVE.check(sharing.in(SearchSettings.builder()).build());
    }

    @Test
    void aGenerationalSearchIsNotAskedAhead() {
        var longrope = SearchAlgorithms.named("longrope");
        var sharing = WorkSharing.of(longrope, 64, 5);
        longrope.check(sharing.in(SearchSettings.builder()).build());
        assertThat(sharing.askAhead()).isZero();
        assertThat(sharing.racing()).isFalse();
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> WorkSharing.of(ADAPTIVE, 0, 5)).isInstanceOf(BadInput.class).hasMessageContaining("workers");
        assertThatThrownBy(() -> WorkSharing.of(ADAPTIVE, 1, 0)).isInstanceOf(BadInput.class).hasMessageContaining("samples");
    }
}
