package io.longrope.search.work;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleTasks.outcome;
import static io.longrope.search.work.SampleTasks.result;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every form of the queues keeps to, seen from the driver's end and the workers' ends at once. */
public abstract class WorkContract {

    protected static final Duration SOON = Duration.ofSeconds(60);
    protected static final Duration BRIEFLY = Duration.ofMillis(500);
    private static final int LIMIT = 3;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    protected final LinkedBlockingQueue<String> waits = new LinkedBlockingQueue<>();

    /** A driver's end for one run of a job on the queue of this test; opened anew it finds the results of those before. */
    protected abstract Tasks openTasks(String job, LedgerRules rules, WaitListener listener);

    /** A worker's end for all classes on the queue of this test. */
    protected abstract WorkQueue openQueue(String worker, Set<TaskClass> classes);

    protected Tasks driver() {
        return driver("job");
    }

    protected Tasks driver(String job) {
        return closedAfterwards(openTasks(job, new LedgerRules(LIMIT, Optional.empty()), new WaitListener() {
            @Override
            public void waits(Waiting waiting) {
                waits.add(waiting.line());
            }

            @Override
            public void goesOn() {
                waits.add("");
            }
        }));
    }

    protected WorkQueue worker(String name) {
        return closedAfterwards(openQueue(name, EnumSet.allOf(TaskClass.class)));
    }

    protected <T extends AutoCloseable> T closedAfterwards(T resource) {
        opened.push(resource);
        return resource;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var resource : opened) {
            resource.close();
        }
    }

    protected static WorkQueue.Held take(WorkQueue queue) throws InterruptedException {
        return queue.take(SOON, Optional.empty()).orElseThrow(() -> new AssertionError("nothing to take"));
    }

    private static boolean isIdle(WorkQueue queue) throws InterruptedException {
        return queue.take(BRIEFLY, Optional.empty()).isEmpty();
    }

    protected static Result answer(CompletableFuture<Result> future) throws Exception {
        return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    protected static CompletableFuture<Result> submit(Tasks tasks, Task task) {
        return tasks.submit(List.of(task)).get(0);
    }

    protected static void finish(WorkQueue.Held held) {
        held.delivery().tasks().forEach(task -> held.publish(result(task, "test")));
        held.settle();
    }

    protected static void end(WorkQueue.Held held, WorkQueue worker, Attempt.Kind kind, String reason) {
        held.delivery().tasks().forEach(task -> held.publish(new Attempt(task.id(), held.delivery().id(), worker.worker(), kind, reason,
                Optional.empty(), 0, Instant.EPOCH)));
        held.settle();
    }

    protected TaskLoop loop(String name, FakeRunner.Run run) {
        var loop = new TaskLoop(worker(name), new FakeRunner(run), new TaskMeter(), TaskLoop.Habits.usual(Optional::empty),
                InstantSource.system());
        var thread = new Thread(loop, name);
        thread.setDaemon(true);
        thread.start();
        opened.push(() -> {
            loop.stop();
            thread.interrupt();
            thread.join();
        });
        return loop;
    }

    @Test
    void resultReachesTheDriver() throws Exception {
        var asked = submit(driver(), task(1));
        var held = take(worker("a"));
        assertThat(held.delivery().tasks()).containsExactly(task(1));
        assertThat(held.delivery().job()).isEqualTo("job");
        assertThat(held.isRedelivered()).isFalse();
        assertThat(held.isLost()).isFalse();
        finish(held);
        assertThat(answer(asked)).isEqualTo(result(task(1), "test"));
    }

    @Test
    void sameTaskIsDoneOnce() throws Exception {
        var driver = driver();
        var worker = worker("a");
        var first = submit(driver, task(1));
        var second = submit(driver, task(1));
        finish(take(worker));
        assertThat(answer(first)).isEqualTo(answer(second));
        assertThat(submit(driver, task(1))).isCompletedWithValue(result(task(1), "test"));
        assertThat(isIdle(worker)).isTrue();
    }

    @Test
    void eachTaskGoesToOneWorker() throws Exception {
        var driver = driver();
        var asked = driver.submit(IntStream.range(0, 40).mapToObj(SampleTasks::task).toList());
        var taken = new ConcurrentLinkedQueue<TaskId>();
        for (var name : List.of("a", "b", "c")) {
            loop(name, task -> {
                taken.add(task.id());
                return outcome(task);
            });
        }
        for (int i = 0; i < asked.size(); i++) {
            assertThat(answer(asked.get(i)).outcome()).isEqualTo(outcome(task(i)));
        }
        assertThat(taken).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    void heldTaskIsNotTakenByAnother() throws Exception {
        submit(driver(), task(1));
        take(worker("a"));
        assertThat(isIdle(worker("b"))).isTrue();
    }

    @Test
    void releasedTaskGoesToAnotherAndThatDoesNotCount() throws Exception {
        var asked = submit(driver(), task(1));
        var worker = worker("leaves");
        for (int i = 0; i < LIMIT + 2; i++) {
            end(take(worker), worker, Attempt.Kind.RELEASED, "told to stop");
        }
        finish(take(worker("stays")));
        assertThat(answer(asked).outcome()).isEqualTo(outcome(task(1)));
    }

    @Test
    void closedWorkerGivesBackWhatItHolds() throws Exception {
        var asked = submit(driver(), task(1));
        var leaving = openQueue("leaves", EnumSet.allOf(TaskClass.class));
        take(leaving);
        leaving.close();
        loop("stays", SampleTasks::outcome);
        assertThat(answer(asked).outcome()).isEqualTo(outcome(task(1)));
    }

    @Test
    void taskThatFailsEverywhereIsGivenUpForThisRunOnly() throws Exception {
        var driver = driver();
        var asked = submit(driver, task(1));
        var worker = worker("a");
        for (int delivery = 1; delivery <= LIMIT; delivery++) {
            end(take(worker), worker, Attempt.Kind.FAILED, "the model is broken");
        }
        assertThatThrownBy(() -> answer(asked)).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOfSatisfying(TaskGivenUp.class, givenUp -> {
            assertThat(givenUp).hasMessageContaining("given up after 3 deliveries: the model is broken");
            assertThat(givenUp.attempts()).hasSize(LIMIT);
        });
        assertThat(isIdle(worker)).isTrue();
        driver.close();
        var again = submit(driver(), task(1));
        finish(take(worker));
        assertThat(answer(again).outcome()).isEqualTo(outcome(task(1)));
    }

    @Test
    void taskThatEveryWorkerRefusesWaitsForOneThatCan() throws Exception {
        var wrong = worker("wrong");
        var asked = submit(driver(), task(1));
        end(take(wrong), wrong, Attempt.Kind.REFUSED, "no such checkpoint");
        assertThat(waits.poll(SOON.toSeconds(), TimeUnit.SECONDS)).contains("score of 64 tokens").contains("wrong")
                .contains("no such checkpoint");
        assertThat(isIdle(wrong)).isTrue();
        assertThat(asked).isNotDone();
        finish(take(worker("right")));
        assertThat(answer(asked).outcome()).isEqualTo(outcome(task(1)));
        assertThat(waits.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void runnersTellByTheirExceptionsWhatFollows() throws Exception {
        var right = new CountDownLatch(1);
        loop("refuses", task -> {
            throw new TaskRefused("no such text", null);
        });
        loop("small", task -> {
            throw new DeviceOutOfMemory("too small", new Attempt.Memory(2, 1), null);
        });
        // breaks once only: a worker that is quick to break could use up all deliveries before another has joined
        loop("fails", task -> {
            if (right.getCount() == 0) {
                throw new TaskRefused("not again", null);
            }
            right.countDown();
            throw new IllegalStateException("broken");
        });
        var asked = submit(driver(), task(1));
        assertThat(right.await(60, TimeUnit.SECONDS)).isTrue();
        loop("can", SampleTasks::outcome);
        assertThat(answer(asked).worker()).isEqualTo("can");
    }

    @Test
    void whatDevicesSpentOnATaskIsToldWhetherItWentWellOrNot() throws Exception {
        var driver = driver();
        var broken = new AtomicBoolean();
        loop("a", task -> {
            Thread.sleep(BRIEFLY.toMillis());
            if (broken.compareAndSet(false, true)) {
                throw new IllegalStateException("broken");
            }
            return outcome(task);
        });
        answer(submit(driver, task(1)));
        assertThat(driver.deviceSeconds()).isGreaterThanOrEqualTo(2 * BRIEFLY.toMillis() / 1e3);
    }

    @Test
    void errorIsPublishedAndEndsTheLoop() throws Exception {
        var worker = worker("breaks");
        var ended = new CompletableFuture<Throwable>();
        var loop = new TaskLoop(worker, new FakeRunner(task -> {
            throw new StackOverflowError("deep");
        }), new TaskMeter(), TaskLoop.Habits.usual(Optional::empty), InstantSource.system());
        var thread = new Thread(loop, "breaks");
        thread.setUncaughtExceptionHandler((which, error) -> ended.complete(error));
        var asked = submit(driver(), task(1));
        thread.start();
        assertThat(ended.get(60, TimeUnit.SECONDS)).isInstanceOf(StackOverflowError.class);
        worker.close();
        loop("next", SampleTasks::outcome);
        assertThat(answer(asked).worker()).isEqualTo("next");
    }

    @Test
    void settlingTwiceChangesNothing() throws Exception {
        var worker = worker("a");
        var asked = submit(driver(), task(1));
        var held = take(worker);
        finish(held);
        held.publish(result(task(1), 9));
        end(held, worker, Attempt.Kind.FAILED, "too late");
        assertThat(answer(asked)).isEqualTo(result(task(1), "test"));
        assertThat(isIdle(worker)).isTrue();
    }

    @Test
    void driverThatComesAgainFindsTheResultsAndQueuesNothingTwice() throws Exception {
        var first = openTasks("job", LedgerRules.DEFAULT, WaitListener.NONE);
        var worker = worker("a");
        var asked = first.submit(List.of(task(1), task(2), task(3)));
        var settled = take(worker);
        finish(settled);
        answer(asked.get(0));
        var held = take(worker);
        first.close();
        assertThat(asked).allMatch(CompletableFuture::isDone);

        var second = driver();
        var again = second.submit(List.of(task(1), task(2), task(3)));
        assertThat(again.get(0)).isCompletedWithValue(result(task(1), "test"));
        finish(held);
        assertThat(answer(again.get(1)).outcome()).isEqualTo(outcome(task(2)));
        finish(take(worker));
        assertThat(answer(again.get(2)).outcome()).isEqualTo(outcome(task(3)));
        assertThat(isIdle(worker)).isTrue();
    }

    @Test
    void withdrawnTaskIsNotBegunUnlessAskedAgain() throws Exception {
        var driver = driver();
        var done = new ConcurrentLinkedQueue<TaskId>();
        var first = driver.submit(List.of(task(1), task(2)));
        driver.withdrawUnanswered();
        assertThat(first).allMatch(CompletableFuture::isCompletedExceptionally);
        // the news reaches workers on a way of its own
        Thread.sleep(2 * BRIEFLY.toMillis());
        loop("a", task -> {
            done.add(task.id());
            return outcome(task);
        });
        answer(submit(driver, task(3)));
        answer(submit(driver, task(2)));
        assertThat(done).containsExactly(task(3).id(), task(2).id());
    }

    @Test
    void withdrawnTaskIsEndedUnderWay() throws Exception {
        var driver = driver();
        var begun = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        loop("a", task -> {
            if (task.equals(task(2))) {
                return outcome(task);
            }
            begun.countDown();
            try {
                Thread.sleep(10 * SOON.toMillis());
                throw new AssertionError("nobody ended it");
            } finally {
                ended.countDown();
            }
        });
        submit(driver, task(1));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        driver.withdrawUnanswered();
        assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(answer(submit(driver, task(2))).outcome()).isEqualTo(outcome(task(2)));
    }

    @Test
    void leavingLoopGivesBackWhatItCannotEndAtOnce() throws Exception {
        var asked = submit(driver(), task(1));
        var begun = new CountDownLatch(1);
        var deaf = new CountDownLatch(1);
        var loop = loop("leaves", task -> {
            begun.countDown();
            deaf.await();
            return outcome(task);
        });
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        loop.leave();
        finish(take(worker("stays")));
        assertThat(answer(asked).worker()).isEqualTo("test");
        deaf.countDown();
    }

    @Test
    void closedDriverFailsWhatIsUnanswered() {
        var driver = openTasks("job", LedgerRules.DEFAULT, WaitListener.NONE);
        var asked = submit(driver, task(1));
        driver.close();
        assertThat(asked).isCompletedExceptionally();
    }

    @Test
    void workerPrefersTheModelItHasLoadedAndPassesOverNothingTwice() throws Exception {
        var worker = worker("a");
        driver().submit(List.of(task(1, "other"), task(2, "loaded"), task(3, "loaded")));
        var order = new ArrayList<Task>();
        for (int i = 0; i < 3; i++) {
            var held = worker.take(SOON, task(1, "loaded").needs()).orElseThrow();
            order.addAll(held.delivery().tasks());
            finish(held);
        }
        assertThat(order).startsWith(task(2, "loaded")).contains(task(1, "other")).hasSize(3);
    }

    @Test
    void workersOfOneNameAreTwo() {
        var random = new Random(1);
        assertThat(WorkerInstance.of("same", random)).startsWith("same-").isNotEqualTo(WorkerInstance.of("same", random));
    }
}
