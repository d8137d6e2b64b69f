package io.longrope.search.job;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JobIdTest {

    @Test
    void nextSortsByTime() {
        var first = JobId.next(Instant.parse("2026-11-21T12:00:00Z"), new Random(1));
        var second = JobId.next(Instant.parse("2026-11-21T12:00:01Z"), new Random(2));
        assertThat(first.value()).startsWith("20261121-120000-").isLessThan(second.value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "A", "a/b", "..", "a b", "a\n"})
    void refusesWhatIsNoFileName(String value) {
        assertThatThrownBy(() -> new JobId(value)).isInstanceOf(BadInput.class).hasMessageStartingWith("job must be");
    }
}
