package io.longrope.progressive.page;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** What many ask for and few need fetch: kept for a while. One thread at a time fetches it, the others wait for what it gets. */
final class Cached<T> {

    private final Supplier<T> source;
    private final InstantSource clock;
    private final Duration age;
    private T value;
    private Instant fetched = Instant.MIN;

    Cached(Supplier<T> source, InstantSource clock, Duration age) {
        this.source = source;
        this.clock = clock;
        this.age = age;
    }

    synchronized T get() {
        var now = clock.instant();
        if (fetched.equals(Instant.MIN) || Duration.between(fetched, now).abs().compareTo(age) > 0) {
            value = source.get();
            fetched = now;
        }
        return value;
    }

    /** The next to ask has it fetched anew. */
    synchronized void forget() {
        fetched = Instant.MIN;
    }
}
