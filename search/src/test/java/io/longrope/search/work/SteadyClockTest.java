package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import static org.assertj.core.api.Assertions.assertThat;

class SteadyClockTest {

    @Test
    void jumpsOfTheWallClockAreNotSeen() {
        var wall = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
        var nanos = new AtomicLong(Long.MAX_VALUE - 5);
        var clock = new SteadyClock(wall::get, nanos::get);

        wall.set(Instant.parse("2020-01-01T00:00:00Z"));
        nanos.addAndGet(2_000_000_000L);

        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-11-21T12:00:02Z"));
    }
}
