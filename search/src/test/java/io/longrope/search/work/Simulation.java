package io.longrope.search.work;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Two drivers, a queue and workers in one thread, from one seed: the ledger, the bookkeeping and the workers' loop are the real ones,
 * the processes, the clock and Kafka are simulated. To look into a failure, run it again with the seed that failed.
 */
final class Simulation {

    private static final LedgerRules RULES = new LedgerRules(4, Optional.empty());
    /** Faults of a task that chance may bring; another comes with every task that kills its worker and travels with this one. */
    private static final int FAULTS = 2;
    private static final int RESTARTS = 8;
    private static final Duration TROUBLED = Duration.ofMinutes(30);
    private static final Duration LONGEST = Duration.ofHours(12);
    /** Every so many tasks kill whoever does them. */
    private static final int POISON = 13;

    private final Setting setting;
    private final Random random;
    private final SimulatedTime time = new SimulatedTime();
    private final SimulatedBroker broker;
    private final SimulatedWorker.World world;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final List<SimulatedDriver> drivers = new ArrayList<>();
    private final Map<TaskId, Integer> faults = new HashMap<>();
    private final Map<TaskId, Outcome> told = new HashMap<>();
    private int born;
    private int restarts;

    /**
     * What is simulated.
     *
     * @param seed     of all that chance decides
     * @param workers  how many
     * @param refusing how many of them refuse everything
     * @param broken   how many of them break on tasks until they are repaired
     * @param trouble  probability of a fault where one can happen
     * @param quick    whether tasks take milliseconds, and travel together, or seconds
     * @param oneJob   whether both drivers believe to have the same job
     */
    record Setting(long seed, int workers, int refusing, int broken, double trouble, boolean quick, boolean oneJob) {
    }

    Simulation(Setting setting) {
        this.setting = setting;
        random = new Random(setting.seed);
        broker = new SimulatedBroker(time, random, setting.trouble, this::mayFail);
        world = new SimulatedWorker.World(time, broker, random, 300, this::replace);
        for (int i = 0; i < setting.workers; i++) {
            join(i < setting.refusing ? SimulatedWorker.refusing("another fingerprint")
                    : i < setting.refusing + setting.broken ? new Broken() : new Healthy());
        }
        for (var job : setting.oneJob ? List.of("job", "job") : List.of("one", "two")) {
            drivers.add(new SimulatedDriver(job, RULES, time, broker, random, this::checkTold));
        }
        disturb();
    }

    /** The search every simulation must end in, whatever happens on the way. */
    static List<Integer> undisturbed() {
        return SimulatedDriver.undisturbed(task -> {
            if (isPoison(task)) {
                throw new TaskGivenUp(task, List.of(), "it kills");
            }
        });
    }

    /** Each driver's search, once both are done. */
    List<List<Integer>> run() {
        if (!runFor(LONGEST)) {
            throw new AssertionError("not done after " + LONGEST + "; the last of it: " + trace().subList(Math.max(0, trace().size() - 40),
                    trace().size()));
        }
        return drivers.stream().map(SimulatedDriver::path).toList();
    }

    /** Whether both drivers were done before the time was over. */
    boolean runFor(Duration longest) {
        return time.runUntil(() -> drivers.stream().allMatch(SimulatedDriver::isDone), longest);
    }

    List<SimulatedDriver> drivers() {
        return drivers;
    }

    List<SimulatedWorker> workers() {
        return workers;
    }

    List<String> trace() {
        return broker.trace();
    }

    /** A worker that can do everything comes. */
    void rescue() {
        join(new Healthy());
    }

    private void join(SimulatedWorker.Nature nature) {
        workers.add(new SimulatedWorker("worker-" + born++, nature, world));
    }

    private void replace(SimulatedWorker dead) {
        workers.remove(dead);
        join(dead.nature());
    }

    /** An answer once given is the answer for ever, to both drivers and their heirs. */
    private void checkTold(Result result) {
        var before = told.putIfAbsent(result.id(), result.outcome());
        if (before != null && !before.equals(result.outcome())) {
            throw new AssertionError("answered " + before + " and later " + result.outcome());
        }
    }

    private void disturb() {
        if (time.now() > TROUBLED.toMillis()) {
            return;
        }
        double trouble = setting.trouble;
        for (var driver : drivers) {
            if (!driver.isDone() && random.nextDouble() < trouble / 8 && restarts++ < RESTARTS) {
                if (random.nextBoolean()) {
                    driver.begin();
                } else {
                    driver.withdraw();
                }
            }
        }
        if (random.nextDouble() < trouble / 8) {
            broker.restart();
        }
        List.copyOf(workers).forEach(this::disturb);
        time.after(1000, this::disturb);
    }

    private void disturb(SimulatedWorker worker) {
        if (random.nextDouble() < setting.trouble / 10 && mayFail(worker)) {
            worker.pause(random.nextInt(30_000));
        }
        if (random.nextDouble() < setting.trouble / 10 && mayFail(worker)) {
            worker.die();
            replace(worker);
        } else if (random.nextDouble() < setting.trouble / 10) {
            worker.leave();
            replace(worker);
        }
    }

    private boolean mayFail(SimulatedWorker worker) {
        return worker.held().map(this::mayFail).orElse(true);
    }

    /** A task that went wrong as often as the limit allows would look like poison, and rightly so. */
    private boolean mayFail(Delivery delivery) {
        return mayFail(delivery.tasks());
    }

    private boolean mayFail(List<Task> tasks) {
        if (tasks.stream().anyMatch(task -> faults.getOrDefault(task.id(), 0) >= FAULTS)) {
            return false;
        }
        tasks.forEach(task -> faults.merge(task.id(), 1, Integer::sum));
        return true;
    }

    private static boolean isPoison(Task task) {
        return Math.round((((ScoreTask) task).candidate().factors().max() - 1) * 100) % POISON == 0;
    }

    private class Healthy implements SimulatedWorker.Nature {

        @Override
        public Outcome run(Task task) {
            if (isPoison(task)) {
                throw new SimulatedWorker.Killed();
            }
            return SampleTasks.outcome(task);
        }

        @Override
        public long takes(Task task) {
            return setting.quick ? 1 + random.nextInt(15) : 1000 + random.nextInt(7000);
        }
    }

    private final class Broken extends Healthy {

        @Override
        public Outcome run(Task task) {
            if (!isPoison(task) && mayFail(List.of(task))) {
                throw new IllegalStateException("the device fell off the bus");
            }
            return super.run(task);
        }

        @Override
        public Optional<String> testsItself() {
            return random.nextBoolean() ? Optional.empty() : Optional.of("still no device");
        }
    }
}
