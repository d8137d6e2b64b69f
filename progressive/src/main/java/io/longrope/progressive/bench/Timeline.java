package io.longrope.progressive.bench;

import io.longrope.search.work.TaskId;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * Which worker did which task when, in nanoseconds of one clock. Counted is the time in which every job has tasks to give: from the
 * first task of the last job to begin, to the last task of the first job to end. Safe for many threads.
 */
public final class Timeline {

    private final Map<Long, List<Interval>> work = new HashMap<>();

    /** A worker did a task of a job. */
    record Interval(long job, TaskId task, long begin, long end) {

        private long within(long from, long to) {
            return Math.max(0, Math.min(end, to) - Math.max(begin, from));
        }

        /** In seconds. */
        double beginsAfter(long time) {
            return (begin - time) / 1e9;
        }

        /** In seconds. */
        double endsAfter(long time) {
            return (end - time) / 1e9;
        }
    }

    /**
     * @param tasks          all that were done
     * @param fewest         of all tasks, those of the worker that did the fewest
     * @param utilisation    share of the workers' time spent on tasks, in the time counted
     * @param medianGap      seconds between two tasks of a worker, in the time counted
     * @param longGap        the gap that 1 % exceed, in seconds
     * @param countedSeconds length of the time counted
     */
    public record Use(int tasks, int fewest, double utilisation, double medianGap, double longGap, double countedSeconds) {
    }

    synchronized void worked(long worker, Interval interval) {
        work.computeIfAbsent(worker, unused -> new ArrayList<>()).add(interval);
    }

    /** Forgets what was done so far. */
    synchronized void clear() {
        work.clear();
    }

    synchronized int tasks() {
        return work.values().stream().mapToInt(List::size).sum();
    }

    /** When a task was done first of the times it was begun after a time. */
    synchronized Optional<Interval> firstAfter(long time, TaskId task) {
        return work.values().stream().flatMap(List::stream).filter(interval -> interval.task.equals(task) && interval.begin >= time)
                .min(Comparator.comparingLong(Interval::begin));
    }

    /**
     * @param workers those that never worked included
     * @throws IllegalStateException when there was no time in which every job had tasks to give
     */
    synchronized Use use(int workers) {
        long from = begins(Math::min).values().stream().mapToLong(Long::longValue).max().orElseThrow();
        long to = begins(Math::max).values().stream().mapToLong(Long::longValue).min().orElseThrow();
        if (from >= to) {
            throw new IllegalStateException("nothing to count: a job's last task began before another's first");
        }
        long busy = 0;
        var gaps = new ArrayList<Long>();
        for (var intervals : work.values()) {
            for (int i = 0; i < intervals.size(); i++) {
                var interval = intervals.get(i);
                busy += interval.within(from, to);
                if (i > 0 && intervals.get(i - 1).end >= from && interval.begin <= to) {
                    gaps.add(interval.begin - intervals.get(i - 1).end);
                }
            }
        }
        gaps.sort(null);
        int fewest = work.size() < workers ? 0 : work.values().stream().mapToInt(List::size).min().orElseThrow();
        return new Use(tasks(), fewest, busy / ((double) workers * (to - from)), quantile(gaps, 0.5), quantile(gaps, 0.99),
                (to - from) / 1e9);
    }

    /** When tasks of each job began: the first or the last time. */
    private Map<Long, Long> begins(BinaryOperator<Long> choice) {
        var begins = new HashMap<Long, Long>();
        work.values().forEach(intervals -> intervals.forEach(interval -> begins.merge(interval.job, interval.begin, choice)));
        return begins;
    }

    private static double quantile(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) (share * (sorted.size() - 1))) / 1e9;
    }
}
