package io.longrope.progressive.driver;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How fast something goes, judged by its last few marks: what is long ago does not count, nor what was known beforehand. Not thread-safe.
 */
final class Pace {

    private static final int MARKS = 4;

    private final int planned;
    private final Deque<Mark> marks = new ArrayDeque<>();

    /** @param worked how much of what is done had to be worked for */
    private record Mark(Instant at, int done, int worked) {
    }

    Pace(int planned, Instant start) {
        this.planned = planned;
        marks.add(new Mark(start, 0, 0));
    }

    void mark(int done, int worked, Instant at) {
        marks.addLast(new Mark(at, done, worked));
        if (marks.size() > MARKS) {
            marks.removeFirst();
        }
    }

    /** Empty before any work was done. */
    Optional<Double> perHour() {
        var elapsed = Duration.between(marks.getFirst().at(), marks.getLast().at());
        int worked = marks.getLast().worked() - marks.getFirst().worked();
        return elapsed.isZero() || worked == 0 ? Optional.empty() : Optional.of(worked * 3.6e12 / elapsed.toNanos());
    }

    Optional<Duration> left() {
        int remaining = Math.max(0, planned - marks.getLast().done());
        return perHour().map(rate -> Duration.ofMillis(Math.round(remaining / rate * 3.6e6)));
    }
}
