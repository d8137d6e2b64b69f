package io.longrope.search.work;

import io.longrope.search.problem.Require;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Queues for the drivers and workers of one process. Results are kept in a book that may outlive it. */
public final class InMemoryWork implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(InMemoryWork.class);
    private static final long LOOK_MILLIS = 1000;

    private final ResultBook book;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** The oldest first. */
    private final Map<String, Delivery> waiting = new LinkedHashMap<>();
    private final Set<String> withdrawn = new HashSet<>();
    private final Set<Member> members = new HashSet<>();
    /** Those that wait for a delivery and were not woken, the first to wait first. */
    private final Set<Member> idle = new LinkedHashSet<>();
    private final List<JobTasks> jobs = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(Daemons.named("looks"));

    /** @param book results known already; results found are added to it */
    public InMemoryWork(ResultBook book, InstantSource clock) {
        this.book = book;
        this.clock = clock;
        looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A driver's end, for one run of a job of the usual priority. */
    public Tasks open(String job, LedgerRules rules, WaitListener listener) {
        return open(job, 1, rules, listener);
    }

    /** A driver's end, for one run of a job. */
    public Tasks open(String job, int priority, LedgerRules rules, WaitListener listener) {
        var tasks = new JobTasks(job, priority, rules, listener, new Transport(), book, clock);
        tasks.adopt(locked(() -> waiting.values().stream().filter(delivery -> !withdrawn.contains(delivery.run())).toList()));
        tasks.adopt(locked(() -> members.stream().flatMap(member -> member.held.stream()).filter(Taken::isUntried).map(Taken::delivery)
                .toList()));
        jobs.add(tasks);
        tasks.look(live());
        return tasks;
    }

    /**
     * A worker's end.
     *
     * @param worker  an instance, see {@link WorkerInstance}
     * @param classes whose queues it serves
     */
    public WorkQueue join(String worker, Set<TaskClass> classes) {
        var member = new Member(worker, EnumSet.copyOf(classes));
        locked(() -> members.add(member));
        look();
        return member;
    }

    /** Closes the ends of drivers; workers close their own. */
    @Override
    public void close() {
        looks.shutdownNow();
        jobs.forEach(JobTasks::close);
    }

    void look() {
        try {
            jobs.forEach(tasks -> tasks.look(live()));
        } catch (RuntimeException e) {
            // an exception would end the looks
            LOG.error("a job could not go on", e);
        }
    }

    private Map<TaskClass, Set<String>> live() {
        return locked(() -> {
            var live = new EnumMap<TaskClass, Set<String>>(TaskClass.class);
            for (var taskClass : TaskClass.values()) {
                var workers = new HashSet<String>();
                members.stream().filter(member -> member.classes.contains(taskClass)).forEach(member -> workers.add(member.worker));
                live.put(taskClass, workers);
            }
            return live;
        });
    }

    private void add(Delivery delivery) {
        locked(() -> {
            waiting.put(delivery.id(), delivery);
            wakeFor(delivery);
            return null;
        });
    }

    /**
     * One of those that wait: were all woken, a thousand would come for each of a thousand deliveries.
     *
     * @return whether there was one
     */
    private boolean wakeFor(Delivery delivery) {
        var member = idle.stream().filter(one -> one.classes.contains(delivery.taskClass())).findFirst();
        member.ifPresent(Member::wake);
        return member.isPresent();
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private final class Transport implements TaskTransport {

        @Override
        public void queue(Delivery delivery) {
            add(delivery);
        }

        @Override
        public void withdraw(Set<String> runs) {
            locked(() -> {
                withdrawn.addAll(runs);
                return waiting.values().removeIf(delivery -> runs.contains(delivery.run()));
            });
        }
    }

    private final class Member implements WorkQueue {

        private final String worker;
        private final Set<TaskClass> classes;
        private final Set<Taken> held = new HashSet<>();
        private final Condition woken = lock.newCondition();
        private boolean left;

        Member(String worker, Set<TaskClass> classes) {
            this.worker = Require.notBlank(worker, "worker");
            this.classes = classes;
        }

        @Override
        public String worker() {
            return worker;
        }

        private void wake() {
            idle.remove(this);
            woken.signalAll();
        }

        /** What this one was woken for may be left to others. */
        private void wakeAnother() {
            idle.remove(this);
            if (!idle.isEmpty()) {
                waiting.values().stream().anyMatch(InMemoryWork.this::wakeFor);
            }
        }

        @Override
        public Optional<WorkQueue.Held> take(Duration timeout, Optional<ModelReference> loaded) throws InterruptedException {
            long nanos = timeout.toNanos();
            lock.lockInterruptibly();
            try {
                while (!left) {
                    var next = next(loaded);
                    if (next.isPresent()) {
                        waiting.remove(next.get().id());
                        var taken = new Taken(this, next.get());
                        held.add(taken);
                        return Optional.of(taken);
                    }
                    if (nanos <= 0) {
                        return Optional.empty();
                    }
                    idle.add(this);
                    nanos = woken.awaitNanos(nanos);
                }
                return Optional.empty();
            } finally {
                wakeAnother();
                lock.unlock();
            }
        }

        /** The oldest that needs the model in memory, unless an older one was passed over before. */
        private Optional<Delivery> next(Optional<ModelReference> loaded) {
            var passedOver = new ArrayList<Delivery>();
            for (var delivery : waiting.values()) {
                if (!classes.contains(delivery.taskClass())) {
                    continue;
                }
                if (!delivery.isBetterElsewhere(loaded)) {
                    passedOver.forEach(other -> waiting.put(other.id(), other.passOn()));
                    return Optional.of(delivery);
                }
                passedOver.add(delivery);
            }
            return passedOver.stream().findFirst();
        }

        @Override
        public boolean isAnsweredByAnother(TaskId id) {
            return book.find(id).filter(result -> !result.worker().equals(worker)).isPresent();
        }

        /** What it holds goes to another worker as if this one had never had it. */
        @Override
        public void close() {
            var given = locked(() -> {
                left = true;
                members.remove(this);
                var mine = List.copyOf(held);
                held.clear();
                wake();
                return mine;
            });
            given.stream().map(Taken::delivery).filter(delivery -> locked(() -> !withdrawn.contains(delivery.run())))
                    .forEach(InMemoryWork.this::add);
            look();
        }
    }

    private final class Taken implements WorkQueue.Held {

        private final Member holder;
        private final Delivery delivery;
        private boolean tried;

        Taken(Member holder, Delivery delivery) {
            this.holder = holder;
            this.delivery = delivery;
        }

        @Override
        public Delivery delivery() {
            return delivery;
        }

        /** Never: threads do not vanish. */
        @Override
        public boolean isRedelivered() {
            return false;
        }

        @Override
        public boolean isLost() {
            return locked(() -> !holder.held.contains(this));
        }

        @Override
        public boolean isWithdrawn(TaskId task) {
            return book.find(task).isPresent() || locked(() -> withdrawn.contains(delivery.run()));
        }

        @Override
        public void publish(Result result) {
            if (book.receive(result) == ResultBook.Receipt.FIRST) {
                jobs.forEach(job -> job.receive(result));
            }
        }

        @Override
        public void publish(Attempt attempt) {
            locked(() -> tried = true);
            jobs.forEach(job -> job.receive(attempt));
        }

        /** What has been told of a delivery before a run of a job begins, that run would wait for in vain. */
        boolean isUntried() {
            return !tried;
        }

        @Override
        public void settle() {
            locked(() -> holder.held.remove(this));
        }
    }
}
