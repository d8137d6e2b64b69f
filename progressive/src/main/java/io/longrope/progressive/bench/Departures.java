package io.longrope.progressive.bench;

import io.longrope.search.work.Daemons;
import io.longrope.search.work.TaskId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Workers beside those that are measured, which come while jobs run, take a task each and depart with it: one after the other, spread
 * over the tasks there will be.
 */
final class Departures implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);
    private static final long LOOK_MILLIS = 20;

    private final List<Departure> planned;
    private final Transport transport;
    private final Timeline timeline;
    private final long tasks;
    private final Thread thread = Daemons.thread("departures", this::run);
    private final List<DepartingWorker> workers = new ArrayList<>();
    private final List<Departed> departed = new ArrayList<>();
    private boolean closed;

    /** @param at nanoseconds, when it departed */
    private record Departed(Departure how, TaskId task, long at) {
    }

    /**
     * A task whose worker departed.
     *
     * @param departure    how it departed
     * @param begunSeconds from then until a worker that stays began the task anew
     * @param doneSeconds  and until it had done it
     */
    record Recovery(Departure departure, double begunSeconds, double doneSeconds) {
    }

    /** @param tasks that will be done, about */
    Departures(List<Departure> planned, Transport transport, Timeline timeline, long tasks) {
        this.planned = planned;
        this.transport = transport;
        this.timeline = timeline;
        this.tasks = tasks;
    }

    void start() {
        thread.start();
    }

    /** Of the workers that have departed, in their order, once all jobs have ended. */
    synchronized List<Recovery> recoveries() {
        return departed.stream().flatMap(one -> timeline.firstAfter(one.at, one.task).stream()
                .map(again -> new Recovery(one.how, again.beginsAfter(one.at), again.endsAfter(one.at)))).toList();
    }

    /** Those that wait for a task need not come. */
    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            closed = true;
            workers.forEach(DepartingWorker::close);
        }
        thread.interrupt();
        thread.join();
    }

    private void run() {
        var missing = new ArrayList<>(planned);
        try {
            for (int i = 0; i < planned.size() && !isClosed(); i++) {
                while (timeline.tasks() < tasks * (i + 1) / (planned.size() + 1)) {
                    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                }
                if (send(planned.get(i), "departing-" + (i + 1))) {
                    missing.remove(planned.get(i));
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the jobs ended before all workers had departed");
        }
        missing.forEach(how -> LOG.warn("no task was left to depart with: {} fewer than asked for", how.word()));
    }

    /** @return whether it had a task to depart with */
    private boolean send(Departure how, String name) throws InterruptedException {
        var worker = open(name);
        var task = worker.isPresent() ? worker.get().take() : Optional.<TaskId>empty();
        if (task.isEmpty()) {
            return false;
        }
        synchronized (this) {
            // before it departs: another may have done the task, and the jobs be at their end, before its process is gone
            departed.add(new Departed(how, task.get(), System.nanoTime()));
        }
        worker.get().depart(how);
        return true;
    }

    private synchronized Optional<DepartingWorker> open(String name) {
        if (closed) {
            return Optional.empty();
        }
        var worker = transport.startDeparting(name);
        workers.add(worker);
        return Optional.of(worker);
    }

    private synchronized boolean isClosed() {
        return closed;
    }
}
