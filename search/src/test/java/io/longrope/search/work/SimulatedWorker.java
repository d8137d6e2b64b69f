package io.longrope.search.work;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A worker's real loop at the queue of a {@link SimulatedBroker}. What a delivery takes passes before its tasks are done, all in one
 * moment.
 */
final class SimulatedWorker {

    private static final long REFUSAL_MILLIS = 50;
    private static final long GLANCE_MILLIS = 5;
    /** Nothing is interrupted in one thread. */
    private static final WithdrawalWatch WATCH = new WithdrawalWatch(new Thread());

    static {
        WATCH.close();
    }

    private final String name;
    private final Nature nature;
    private final World world;
    private final TaskMeter meter = new TaskMeter();
    private final TaskLoop loop;
    private final Queue queue = new Queue();
    private final Map<TaskId, String> answered = new HashMap<>();
    private final Set<String> withdrawn = new HashSet<>();
    private int resultsRead;
    private SimulatedBroker.Entry entry;
    private double secondsEach;
    private long readyAt;
    private long pausedUntil;
    private long busyMillis;
    private boolean dead;

    /** What it does with a task. */
    interface Nature {

        /** @throws RuntimeException as a {@link TaskRunner} does */
        Outcome run(Task task);

        /** Milliseconds a task takes. */
        long takes(Task task);

        /** Empty when a small task goes well. */
        default Optional<String> testsItself() {
            return Optional.empty();
        }
    }

    /** Ends the process of the worker that runs it. */
    static final class Killed extends Error {

        private static final long serialVersionUID = 1L;
    }

    /**
     * Where it works.
     *
     * @param idleMillis between two looks for work
     * @param died       called when a task has killed a worker
     */
    record World(SimulatedTime time, SimulatedBroker broker, RandomGenerator random, long idleMillis, Consumer<SimulatedWorker> died) {
    }

    /** Joins and begins. */
    SimulatedWorker(String name, Nature nature, World world) {
        this.name = name;
        this.nature = nature;
        this.world = world;
        loop = new TaskLoop(queue, new Runner(), meter, TaskLoop.Habits.usual(nature::testsItself), world.time);
        resultsRead = world.broker.results().size();
        world.broker.joined(this);
        world.time.after(world.random.nextInt(100), this::act);
    }

    Nature nature() {
        return nature;
    }

    Optional<Delivery> held() {
        return Optional.ofNullable(entry).map(SimulatedBroker.Entry::delivery);
    }

    TaskMeter.Reading reading() {
        return meter.read();
    }

    /** Milliseconds spent on deliveries. */
    long busyMillis() {
        return busyMillis;
    }

    /** As a machine that hangs, or a network that is cut: nothing is renewed meanwhile. */
    void pause(long millis) {
        pausedUntil = world.time.now() + millis;
    }

    /** As kill -9 does. */
    void die() {
        dead = true;
        world.broker.disconnected(this);
    }

    /** As an operator who stops it: what it holds is given back. */
    void leave() {
        loop.stop();
        if (entry != null) {
            step();
        }
        dead = true;
        world.broker.left(this);
    }

    @Override
    public String toString() {
        return name;
    }

    private void act() {
        if (dead) {
            return;
        }
        long now = world.time.now();
        if (now < pausedUntil) {
            world.time.after(pausedUntil - now, this::act);
            return;
        }
        hear();
        long pause = 0;
        if (entry == null || now >= readyAt) {
            pause = step();
        } else {
            world.broker.renew(entry, this);
        }
        world.time.after(entry == null ? Math.max(world.idleMillis, pause) : Math.min(SimulatedBroker.LOCK_MILLIS / 3, readyAt - now),
                this::act);
    }

    private long step() {
        try {
            return loop.step(Duration.ZERO, WATCH).toMillis();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts", e);
        } catch (Killed e) {
            world.died.accept(this);
            return 0;
        }
    }

    /** Results and withdrawals come a little late. */
    private void hear() {
        var results = world.broker.results();
        int to = Math.min(results.size(), resultsRead + world.random.nextInt(4));
        results.subList(resultsRead, to).forEach(result -> answered.putIfAbsent(result.id(), result.worker()));
        resultsRead = to;
        if (world.random.nextBoolean()) {
            withdrawn.addAll(world.broker.withdrawn());
        }
    }

    private final class Runner implements TaskRunner {

        @Override
        public Done run(Task task) {
            try {
                return new Done(nature.run(task), 64);
            } catch (Killed e) {
                die();
                throw e;
            }
        }

        @Override
        public String device() {
            return "cpu";
        }
    }

    private final class Queue implements WorkQueue {

        @Override
        public String worker() {
            return name;
        }

        /** Comes back empty when it has just taken a delivery, and with it once the time that takes is over. */
        @Override
        public Optional<WorkQueue.Held> take(Duration timeout, Optional<ModelReference> loaded) {
            if (entry != null) {
                return Optional.of(new Taken(entry));
            }
            world.broker.acquire(SimulatedWorker.this).ifPresent(this::begin);
            return Optional.empty();
        }

        private void begin(SimulatedBroker.Entry taken) {
            entry = taken;
            var held = new Taken(taken);
            long takes = GLANCE_MILLIS;
            if (!taken.isRedelivered() && !taken.delivery().failedAt().contains(name)) {
                takes += taken.delivery().tasks().stream().filter(task -> !held.isWithdrawn(task.id())).mapToLong(nature::takes).sum();
            }
            secondsEach = takes / 1000.0 / taken.delivery().tasks().size();
            busyMillis += takes;
            readyAt = world.time.now() + takes;
        }

        @Override
        public boolean isAnsweredByAnother(TaskId id) {
            var by = answered.get(id);
            return by != null && !by.equals(name);
        }

        @Override
        public void close() {
        }
    }

    private final class Taken implements WorkQueue.Held {

        private final SimulatedBroker.Entry taken;

        Taken(SimulatedBroker.Entry taken) {
            this.taken = taken;
        }

        @Override
        public Delivery delivery() {
            return taken.delivery();
        }

        @Override
        public boolean isRedelivered() {
            return taken.isRedelivered();
        }

        @Override
        public boolean isLost() {
            return !taken.isHeldBy(SimulatedWorker.this);
        }

        @Override
        public boolean isWithdrawn(TaskId task) {
            return withdrawn.contains(taken.delivery().run()) || queue.isAnsweredByAnother(task);
        }

        @Override
        public void publish(Result result) {
            if (!queue.isAnsweredByAnother(result.id())) {
                world.broker.publish(new Result(result.id(), result.outcome(), result.tokens(), secondsEach, name, result.device()));
            }
        }

        @Override
        public void publish(Attempt attempt) {
            if (!dead) {
                world.broker.publish(attempt);
            }
        }

        @Override
        public void settle() {
            if (!dead && entry == taken) {
                world.broker.settle(taken);
                entry = null;
            }
        }
    }

    /** Refuses whatever it is asked. */
    static Nature refusing(String reason) {
        return new Nature() {
            @Override
            public Outcome run(Task task) {
                throw new TaskRefused(reason, null);
            }

            @Override
            public long takes(Task task) {
                return REFUSAL_MILLIS;
            }
        };
    }
}
