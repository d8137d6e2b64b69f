package io.longrope.progressive.driver;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** How fast something goes, judged by its last few marks: what was known beforehand or long ago does not count. Not thread-safe. */
final class Pace {

    private static final int MARKS = 4;

    private final int planned;
    private final Deque<Mark> marks = new ArrayDeque<>();

    private record Mark(Instant at, int done) {
    }

    Pace(int planned, Instant start) {
        this.planned = planned;
        marks.add(new Mark(start, 0));
    }

    void mark(int done, Instant at) {
        marks.addLast(new Mark(at, done));
        if (marks.size() > MARKS) {
            marks.removeFirst();
        }
    }

    /** Empty before any time has passed. */
    Optional<Double> perHour() {
        var elapsed = Duration.between(marks.getFirst().at(), marks.getLast().at());
        int done = marks.getLast().done() - marks.getFirst().done();
        return elapsed.isZero() || done == 0 ? Optional.empty() : Optional.of(done * 3.6e12 / elapsed.toNanos());
    }

    Optional<Duration> left() {
        int remaining = Math.max(0, planned - marks.getLast().done());
        return perHour().map(rate -> Duration.ofMillis(Math.round(remaining / rate * 3.6e6)));
    }
}
