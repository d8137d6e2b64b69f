package io.longrope.progressive.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When jobs asked and workers worked, in nanoseconds of one clock. Counted is the steady state: from the time every job has asked for
 * its second generation to the time the first asks for its last; before and after, workers wait by nature. Safe for many threads.
 */
public final class Timeline {

    private final Map<Long, List<Interval>> work = new HashMap<>();
    private final Map<Long, List<Long>> asked = new HashMap<>();

    private record Interval(long begin, long end) {

        long within(long from, long to) {
            return Math.max(0, Math.min(end, to) - Math.max(begin, from));
        }
    }

    /**
     * @param evaluations   ended in the steady state
     * @param utilisation   share of the workers' time spent measuring
     * @param medianGap     seconds between two evaluations of a worker
     * @param longGap       the gap that 1 % exceed, in seconds
     * @param steadySeconds length of the steady state
     */
    public record Use(int evaluations, double utilisation, double medianGap, double longGap, double steadySeconds) {
    }

    /** A job asks for a generation. */
    synchronized void asked(long job, long at) {
        asked.computeIfAbsent(job, unused -> new ArrayList<>()).add(at);
    }

    synchronized void worked(long worker, long begin, long end) {
        work.computeIfAbsent(worker, unused -> new ArrayList<>()).add(new Interval(begin, end));
    }

    synchronized int evaluations() {
        return work.values().stream().mapToInt(List::size).sum();
    }

    /**
     * @param workers those that never worked included
     * @throws IllegalStateException when a job asked for less than three generations, or the jobs did not overlap
     */
    synchronized Use use(int workers) {
        long from = asked.values().stream().mapToLong(times -> times.get(1)).max().orElseThrow();
        long to = asked.values().stream().mapToLong(times -> times.get(times.size() - 1)).min().orElseThrow();
        if (from >= to) {
            throw new IllegalStateException("no steady state: a job asked for its last generation before another asked for its second");
        }
        long busy = 0;
        int ended = 0;
        var gaps = new ArrayList<Long>();
        for (var intervals : work.values()) {
            for (int i = 0; i < intervals.size(); i++) {
                var interval = intervals.get(i);
                busy += interval.within(from, to);
                ended += interval.end > from && interval.end <= to ? 1 : 0;
                if (i > 0 && intervals.get(i - 1).end >= from && interval.begin <= to) {
                    gaps.add(interval.begin - intervals.get(i - 1).end);
                }
            }
        }
        gaps.sort(null);
        return new Use(ended, busy / ((double) workers * (to - from)), quantile(gaps, 0.5), quantile(gaps, 0.99), (to - from) / 1e9);
    }

    private static double quantile(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) (share * (sorted.size() - 1))) / 1e9;
    }
}
