package io.longrope.search.work;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Takes deliveries one at a time, does their tasks, publishes what came of each and settles the delivery, until stopped.
 *
 * <p>A task that nobody waits for any more is passed over. A worker that refuses everything asks ever more seldom. One whose
 * attempts fail again and again, where the tasks are not to blame, stops asking until a small task of its own goes well. An
 * {@link Error} is published as a failed attempt and ends the loop.
 */
public final class TaskLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(TaskLoop.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** What the log says of whose task a line is. */
    private static final String JOB = "job";
    private static final String STOPPED = "the worker was told to stop";

    private final WorkQueue queue;
    private final TaskRunner runner;
    private final Habits habits;
    private final InstantSource clock;
    private final TaskMeter meter;
    private final WorkerHealth health;
    private final Backoff unwanted;
    private final Backoff sick;
    private final AtomicReference<DeliveryInHand> inHand = new AtomicReference<>();
    private volatile boolean stopped;

    /**
     * How a worker behaves.
     *
     * @param failures     failures in a row after which it asks whether it is broken itself, at least 1
     * @param selfTest     does a known small task: empty when that went well, otherwise what went wrong
     * @param firstPause   after a delivery it could do nothing with; doubles up to {@code longestPause}
     * @param longestPause between two deliveries it could do nothing with
     * @param beforeTest   between stopping and the first test of itself; doubles up to {@code longestTest}
     * @param longestTest  between two tests of itself
     */
    public record Habits(int failures, Supplier<Optional<String>> selfTest, Duration firstPause, Duration longestPause, Duration beforeTest,
                         Duration longestTest) {

        public Habits {
            Require.atLeast(1, failures, "failures");
            Require.present(selfTest, "self-test");
        }

        /** Three failures, pauses from 0.1 to 5 seconds, tests of itself after 10 seconds and up to 5 minutes apart. */
        public static Habits usual(Supplier<Optional<String>> selfTest) {
            return new Habits(3, selfTest, Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMinutes(5));
        }
    }

    /**
     * @param queue  stays the caller's
     * @param runner stays the caller's
     * @param meter  counts what is done
     * @param clock  dates attempts
     */
    public TaskLoop(WorkQueue queue, TaskRunner runner, TaskMeter meter, Habits habits, InstantSource clock) {
        this.queue = queue;
        this.runner = runner;
        this.meter = meter;
        this.habits = habits;
        this.clock = clock;
        health = new WorkerHealth(habits.failures());
        unwanted = new Backoff(habits.firstPause(), habits.longestPause());
        sick = new Backoff(habits.beforeTest(), habits.longestTest());
    }

    /**
     * @throws TransportFailed when messages cannot be sent or read any more
     * @throws Error           what a task ended with; the worker's owner takes it off the board
     */
    @Override
    public void run() {
        try (var watch = new WithdrawalWatch(Thread.currentThread())) {
            while (!stopped) {
                TimeUnit.NANOSECONDS.sleep(step(PATIENCE, watch).toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the loop after the task in progress; interrupt its thread to end that as well. */
    public void stop() {
        stopped = true;
    }

    /**
     * As {@link #stop}, and others may have the tasks in progress from now on; training excepted, which first saves what it
     * has done once its thread is interrupted.
     */
    public void leave() {
        stop();
        var hand = inHand.get();
        if (hand != null && hand.held().delivery().taskClass() == TaskClass.SCORE) {
            hand.held().delivery().tasks().forEach(task -> publish(hand, task, Attempt.Kind.RELEASED, STOPPED));
            hand.held().settle();
        }
    }

    /**
     * Takes one delivery, if one comes in time, and does it.
     *
     * @return how long to pause before the next
     */
    Duration step(Duration patience, WithdrawalWatch watch) throws InterruptedException {
        var illness = health.illness(queue::isAnsweredByAnother);
        if (illness.isPresent()) {
            return recover(illness.get());
        }
        var held = queue.take(patience, runner.loaded());
        return held.isPresent() ? work(held.get(), watch) : Duration.ZERO;
    }

    /** Pauses, then tests the worker; that the pause doubles holds until a task goes well, for a test may be too easy. */
    private Duration recover(String illness) throws InterruptedException {
        if (meter.read().stopped().isEmpty()) {
            LOG.warn("asks for no more work: {}", illness);
            meter.stopped(Optional.of(illness));
            return sick.pause();
        }
        var complaint = habits.selfTest().get();
        if (complaint.isPresent()) {
            LOG.warn("still asks for no work: {}", complaint.get());
            meter.stopped(Optional.of(illness + "; trying itself: " + complaint.get()));
            return sick.pause();
        }
        LOG.info("a small task of its own went well: asks for work again");
        health.wentWell();
        meter.stopped(Optional.empty());
        return Duration.ZERO;
    }

    private Duration work(WorkQueue.Held held, WithdrawalWatch watch) throws InterruptedException {
        var hand = new DeliveryInHand(held);
        inHand.set(hand);
        for (var task : held.delivery().tasks()) {
            if (hand.isMine(task)) {
                treat(hand, task, watch);
            }
        }
        inHand.set(null);
        held.settle();
        if (stopped && Thread.currentThread().isInterrupted()) {
            throw new InterruptedException();
        }
        if (hand.isUnwanted()) {
            return unwanted.pause();
        }
        unwanted.reset();
        return Duration.ZERO;
    }

    private void treat(DeliveryInHand hand, Task task, WithdrawalWatch watch) {
        if (hand.held().isWithdrawn(hand.id(task))) {
            return;
        }
        if (hand.held().isRedelivered()) {
            publish(hand, task, Attempt.Kind.LOST, "the worker that had it vanished: killed, perhaps for want of memory, or cut off");
        } else if (hand.held().delivery().failedAt().contains(queue.worker())) {
            hand.unwanted();
            publish(hand, task, Attempt.Kind.RELEASED, "it failed here before");
        } else if (stopped) {
            publish(hand, task, Attempt.Kind.RELEASED, STOPPED);
        } else {
            attempt(hand, task, watch);
        }
    }

    private void attempt(DeliveryInHand hand, Task task, WithdrawalWatch watch) {
        var id = hand.id(task);
        meter.begin(hand.held().delivery().job(), id, task);
        watch.begin(() -> hand.held().isWithdrawn(id));
        hand.begin(id);
        MDC.put(JOB, hand.held().delivery().job());
        try {
            var done = runner.run(task);
            publish(hand, new Result(id, done.outcome(), done.tokens(), hand.seconds(id), queue.worker(), runner.device(), done.chunk()));
        } catch (InterruptedException e) {
            interrupted(hand, task, watch.end());
        } catch (TaskRefused | BadInput e) {
            LOG.warn("{} refused: {}", name(task), e.getMessage());
            hand.refused();
            publish(hand, task, Attempt.Kind.REFUSED, e.getMessage());
        } catch (DeviceOutOfMemory e) {
            LOG.warn("{} needs more memory: {}", name(task), e.getMessage());
            hand.refused();
            publish(hand, task, attempt(hand, task, Attempt.Kind.OUT_OF_MEMORY, e.getMessage(), Optional.of(e.memory())));
        } catch (TransportFailed e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("{} failed", name(task), e);
            var reason = e instanceof TaskFailed ? e.getMessage() : e.toString();
            health.failed(id, hand.held().delivery().job(), reason);
            publish(hand, task, Attempt.Kind.FAILED, reason);
        } catch (Error e) {
            LOG.error("{} broke the worker", name(task), e);
            publish(hand, task, Attempt.Kind.FAILED, e.toString());
            hand.held().settle();
            throw e;
        } finally {
            MDC.remove(JOB);
            meter.end();
            if (watch.end() && !stopped) {
                // the interrupt came too late to end anything
                Thread.interrupted();
            }
        }
    }

    private void interrupted(DeliveryInHand hand, Task task, boolean byWithdrawal) {
        if (byWithdrawal && !stopped) {
            LOG.info("{} dropped: nobody waits for it any more", name(task));
            return;
        }
        stopped = true;
        publish(hand, task, Attempt.Kind.RELEASED, STOPPED);
        Thread.currentThread().interrupt();
    }

    private void publish(DeliveryInHand hand, Result result) {
        hand.held().publish(result);
        hand.letGo(result.id());
        meter.add(result);
        health.wentWell();
        sick.reset();
    }

    private void publish(DeliveryInHand hand, Task task, Attempt.Kind kind, String reason) {
        publish(hand, task, attempt(hand, task, kind, reason, Optional.empty()));
    }

    private void publish(DeliveryInHand hand, Task task, Attempt attempt) {
        if (hand.letGo(hand.id(task))) {
            hand.held().publish(attempt);
            meter.add(attempt, task);
        }
    }

    private Attempt attempt(DeliveryInHand hand, Task task, Attempt.Kind kind, String reason, Optional<Attempt.Memory> memory) {
        return new Attempt(hand.id(task), hand.held().delivery().id(), queue.worker(), kind, reason, memory, runner.progress(task),
                hand.seconds(hand.id(task)), clock.instant());
    }

    private static String name(Task task) {
        return task.describe() + " " + task.id().brief();
    }
}
