package io.longrope.search.work;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** Begins at a wall clock's time and goes on at the machine's own pace, whatever is done to the wall clock later. */
public final class SteadyClock implements InstantSource {

    private final Instant start;
    private final long begin;
    private final LongSupplier nanos;

    /**
     * @param wall  asked once
     * @param nanos of any origin, never going back
     */
    SteadyClock(InstantSource wall, LongSupplier nanos) {
        start = wall.instant();
        begin = nanos.getAsLong();
        this.nanos = nanos;
    }

    public static SteadyClock start() {
        return new SteadyClock(InstantSource.system(), System::nanoTime);
    }

    @Override
    public Instant instant() {
        return start.plusNanos(nanos.getAsLong() - begin);
    }
}
