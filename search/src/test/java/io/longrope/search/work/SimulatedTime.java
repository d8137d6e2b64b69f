package io.longrope.search.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** What happens when, in one thread: hours pass in moments, and always in the same order. */
final class SimulatedTime implements InstantSource {

    private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");

    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private long now;
    private long number;

    private record Event(long at, long number, Runnable action) {
    }

    /** Milliseconds since the beginning. */
    long now() {
        return now;
    }

    @Override
    public Instant instant() {
        return START.plusMillis(now);
    }

    void after(long millis, Runnable action) {
        events.add(new Event(now + millis, number++, action));
    }

    /** @return whether the condition held before so much time had passed */
    boolean runUntil(BooleanSupplier condition, Duration longest) {
        long end = now + longest.toMillis();
        while (!condition.getAsBoolean()) {
            if (events.isEmpty() || events.peek().at > end) {
                return false;
            }
            var event = events.poll();
            now = event.at;
            event.action.run();
        }
        return true;
    }
}
