package io.longrope.search.work;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The tasks of one class of one job on their way into the queue. Only so many deliveries are in the queue at a time, one in
 * progress and one to follow it for each worker, and the other tasks wait here. The queue is first come, first served: jobs that
 * each keep as many in it get as many done, however many tasks each has. A job of priority 3 keeps three times as many there, and so
 * gets three times as many done as one of priority 1. Not thread-safe.
 */
final class Lane {

    private static final int PER_WORKER = 2;
    private static final int SMALLEST_WINDOW = 4;

    private final ScoreTimes times;
    private final int priority;
    /** Tasks that were in the queue before; they go first. */
    private final Map<TaskId, Unqueued> again = new LinkedHashMap<>();
    private final Map<TaskId, Unqueued> fresh = new LinkedHashMap<>();
    /** What is in the queue: the tasks of each delivery that have been neither answered nor tried. */
    private final Map<String, Map<TaskId, Task>> queued = new HashMap<>();
    /** The delivery in which a task is queued. */
    private final Map<TaskId, String> places = new HashMap<>();
    private int workers;

    /** @param priority of the job, at least 1 */
    Lane(ScoreTimes times, int priority) {
        this.times = times;
        this.priority = priority;
    }

    /**
     * @param failedAt workers that should leave it to others
     * @param alone    whether it travels without other tasks
     */
    private record Unqueued(TaskId id, Task task, Set<String> failedAt, boolean alone) {
    }

    void add(TaskId id, Task task) {
        fresh.put(id, new Unqueued(id, task, Set.of(), false));
    }

    /**
     * @param failedAt workers that should leave it to others
     * @param alone    whether it travels without other tasks
     */
    void addAgain(TaskId id, Task task, Set<String> failedAt, boolean alone) {
        again.put(id, new Unqueued(id, task, failedAt, alone));
    }

    /** @param useful workers that take tasks of this class and do not refuse them */
    void serve(int useful) {
        workers = useful;
    }

    /** A task needs to wait no more, and if it is in the queue its place is free. */
    void done(Result result) {
        again.remove(result.id());
        fresh.remove(result.id());
        var task = leave(result.id(), places.get(result.id()));
        if (task != null) {
            times.took(task, result.seconds());
        }
    }

    /** The attempt was not the last at its task, but the place in the queue is free. */
    void done(Attempt attempt) {
        leave(attempt.task(), attempt.delivery());
    }

    /** The task, or null where it is not in that delivery. */
    private Task leave(TaskId id, String delivery) {
        if (!places.remove(id, delivery)) {
            return null;
        }
        var tasks = queued.get(delivery);
        var task = tasks.remove(id);
        if (tasks.isEmpty()) {
            queued.remove(delivery);
        }
        return task;
    }

    /** The next delivery to put into the queue; empty when nothing waits or enough is there. It counts as queued. */
    Optional<Delivery> next(String job, String run) {
        var source = again.isEmpty() ? fresh : again;
        if (source.isEmpty() || queued.size() >= priority * Math.max(SMALLEST_WINDOW, PER_WORKER * workers)) {
            return Optional.empty();
        }
        int fairShare = Math.max(1, source.size() / (PER_WORKER * Math.max(1, workers)));
        var first = peek(source).orElseThrow();
        source.remove(first.id);
        var tasks = new LinkedHashMap<>(Map.of(first.id, first.task));
        int most = first.alone ? 1 : Math.min(times.together(first.task), fairShare);
        for (var next = peek(source); tasks.size() < most && next.filter(other -> joins(first, other)).isPresent(); next = peek(source)) {
            source.remove(next.get().id);
            tasks.put(next.get().id, next.get().task);
        }
        var delivery = new Delivery(UUID.randomUUID().toString(), job, run, List.copyOf(tasks.values()), first.failedAt, false);
        queued.put(delivery.id(), tasks);
        tasks.keySet().forEach(id -> places.put(id, delivery.id()));
        return Optional.of(delivery);
    }

    /** In their order, those of a delivery that was put into the queue which have been neither answered nor tried. */
    Map<TaskId, Task> tasks(Delivery delivery) {
        return Collections.unmodifiableMap(queued.getOrDefault(delivery.id(), Map.of()));
    }

    void clear() {
        again.clear();
        fresh.clear();
        queued.clear();
        places.clear();
    }

    private static Optional<Unqueued> peek(Map<TaskId, Unqueued> source) {
        return source.values().stream().findFirst();
    }

    private boolean joins(Unqueued first, Unqueued other) {
        return !other.alone && times.isAlike(first.task, other.task);
    }
}
