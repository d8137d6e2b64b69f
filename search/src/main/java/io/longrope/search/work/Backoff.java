package io.longrope.search.work;

import java.time.Duration;

/** Pauses that double while nothing goes well, and begin anew when something does. Not thread-safe. */
final class Backoff {

    private final Duration first;
    private final Duration longest;
    private Duration next;

    Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        next = first;
    }

    Duration pause() {
        var pause = next;
        next = next.multipliedBy(2).compareTo(longest) > 0 ? longest : next.multipliedBy(2);
        return pause;
    }

    void reset() {
        next = first;
    }
}
