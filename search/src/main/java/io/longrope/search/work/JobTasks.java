package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * The driver's end of the queues for one run of a job, whatever carries the messages: the transport is told what to queue, and
 * tells of results, attempts and workers. Safe for use by many threads. Futures complete on the thread that brings the news, so
 * what hangs on them must be short.
 */
public final class JobTasks implements Tasks {

    private final String job;
    private final TaskTransport transport;
    private final ResultBook book;
    private final InstantSource clock;
    private final Ledger ledger;
    private final ScoreTimes scoreTimes = new ScoreTimes();
    private final Map<TaskClass, Lane> lanes = new EnumMap<>(TaskClass.class);
    private final Map<TaskId, CompletableFuture<Result>> open = new HashMap<>();
    /** Deliveries of earlier runs of the job that are still in the queue, by task. */
    private final Map<TaskId, Delivery> adoptable = new HashMap<>();
    private final Set<String> runs = new HashSet<>();
    private final List<Runnable> toComplete = new ArrayList<>();
    private String run;
    private long moves;
    private double deviceSeconds;

    /**
     * @param job       its name, for workers
     * @param priority  at least 1: of two jobs that ask for enough, one of priority 3 gets three times as much done as one of priority 1
     * @param transport stays the caller's
     * @param book      results known; read, never written
     * @param clock     dates how long tasks wait
     */
    public JobTasks(String job, int priority, LedgerRules rules, WaitListener listener, TaskTransport transport, ResultBook book,
                    InstantSource clock) {
        Require.atLeast(1, priority, "priority");
        this.job = job;
        this.transport = transport;
        this.book = book;
        this.clock = clock;
        ledger = new Ledger(rules, listener, new Ledger.Orders() {
            @Override
            public void queueAgain(Task task, Set<String> failedAt, boolean alone) {
                lanes.get(task.taskClass()).addAgain(task.id(), task, failedAt, alone);
            }

            @Override
            public void giveUp(Task task, TaskGivenUp reason) {
                var future = open.remove(task.id());
                if (future != null) {
                    toComplete.add(() -> future.completeExceptionally(reason));
                }
            }
        });
        for (var taskClass : TaskClass.values()) {
            lanes.put(taskClass, new Lane(scoreTimes, priority));
        }
        beginRun();
    }

    /** Before the first submission: what an earlier run of the job left in the queue is awaited, and not queued twice. */
    public synchronized void adopt(Collection<Delivery> left) {
        left.stream().filter(delivery -> delivery.job().equals(job)).forEach(delivery -> {
            runs.add(delivery.run());
            delivery.tasks().forEach(task -> adoptable.put(task.id(), delivery));
        });
    }

    @Override
    public synchronized List<CompletableFuture<Result>> submit(List<Task> tasks) {
        var futures = tasks.stream().map(this::ask).toList();
        publish();
        return futures;
    }

    /** Takes in the first result of a task, asked for or not; it is in the book already. */
    public void receive(Result result) {
        locked(() -> {
            moves++;
            adoptable.remove(result.id());
            lanes.get(TaskClass.SCORE).done(result);
            lanes.get(TaskClass.TRAIN).done(result);
            ledger.answered(result);
            var future = open.remove(result.id());
            if (future != null) {
                deviceSeconds += result.seconds();
                toComplete.add(() -> future.complete(result));
            }
        });
    }

    /** Takes in what happened to a task, of this run or another. */
    public void receive(Attempt attempt) {
        locked(() -> {
            moves++;
            // nobody has asked for it yet: when somebody does it must be queued
            var left = adoptable.get(attempt.task());
            if (left != null && left.id().equals(attempt.delivery())) {
                adoptable.remove(attempt.task());
            }
            lanes.values().forEach(lane -> lane.done(attempt));
            if (ledger.attempt(attempt, clock.instant())) {
                deviceSeconds += attempt.seconds();
            }
        });
    }

    /**
     * Decides about tasks that wait, and how many may be in the queue. To be called every second or so.
     *
     * @param live the instances that take tasks now, by class
     */
    public void look(Map<TaskClass, Set<String>> live) {
        locked(() -> {
            ledger.look(live, clock.instant());
            lanes.forEach((taskClass, lane) -> lane.serve(ledger.useful(taskClass)));
        });
    }

    /** Deliveries that ought to be in the queue. */
    public synchronized Set<String> queued() {
        return ledger.deliveries();
    }

    @Override
    public synchronized int unanswered() {
        return open.size();
    }

    @Override
    public synchronized double deviceSeconds() {
        return deviceSeconds;
    }

    /** Changes with every result and every attempt: an idle run has the same number at two looks. */
    public synchronized long moves() {
        return moves;
    }

    /** A delivery is in the queue no more although nobody said what became of it. */
    public void vanished(String delivery) {
        List<TaskId> lost;
        synchronized (this) {
            lost = ledger.tasksOf(delivery);
        }
        lost.forEach(task ->
                receive(new Attempt(task, delivery, "the driver", Attempt.Kind.LOST, "it vanished from the queue", Optional.empty(), 0,
                clock.instant())));
    }

    /** No more results will come: everything unanswered fails. */
    public void fail(Throwable cause) {
        take().forEach(future -> future.completeExceptionally(cause));
    }

    @Override
    public void withdrawUnanswered() {
        List<CompletableFuture<Result>> unanswered;
        synchronized (this) {
            var withdrawn = open.isEmpty() ? Set.<String>of() : Set.copyOf(runs);
            unanswered = take();
            if (!withdrawn.isEmpty()) {
                transport.withdraw(withdrawn);
                beginRun();
            }
        }
        unanswered.forEach(future -> future.completeExceptionally(new CancellationException("withdrawn")));
    }

    /** Leaves what is queued to the workers: its results will be known when it is asked again. */
    @Override
    public void close() {
        fail(new CancellationException("tasks closed"));
    }

    private CompletableFuture<Result> ask(Task task) {
        var id = task.id();
        var known = book.find(id);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        return open.computeIfAbsent(id, absent -> {
            var left = adoptable.remove(id);
            if (left == null) {
                lanes.get(task.taskClass()).add(id, task);
            } else {
                ledger.queued(id, task, left.id());
            }
            return new CompletableFuture<>();
        }).copy();
    }

    /** Whoever waits is told once the lock is free, for he may ask for more. */
    private void locked(Runnable change) {
        List<Runnable> completions;
        synchronized (this) {
            change.run();
            publish();
            completions = List.copyOf(toComplete);
            toComplete.clear();
        }
        completions.forEach(Runnable::run);
    }

    private void publish() {
        for (var lane : lanes.values()) {
            for (var next = lane.next(job, run); next.isPresent(); next = lane.next(job, run)) {
                var delivery = next.get();
                lane.tasks(delivery).forEach((id, task) -> ledger.queued(id, task, delivery.id()));
                transport.queue(delivery);
            }
        }
    }

    private List<CompletableFuture<Result>> take() {
        synchronized (this) {
            var taken = new ArrayList<>(open.values());
            open.clear();
            adoptable.clear();
            lanes.values().forEach(Lane::clear);
            ledger.clear();
            return taken;
        }
    }

    private void beginRun() {
        run = UUID.randomUUID().toString();
        runs.clear();
        runs.add(run);
    }
}
