package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

/** What travels together, and how much of it is in the queue at a time. */
class JobTasksTest {

    private static final int QUICK_ENOUGH = 5;

    private final Deque<Delivery> queue = new ArrayDeque<>();
    private final JobTasks tasks = new JobTasks("job", 1, LedgerRules.DEFAULT, WaitListener.NONE, new TaskTransport() {
        @Override
        public void queue(Delivery delivery) {
            queue.add(delivery);
        }

        @Override
        public void withdraw(Set<String> runs) {
            queue.removeIf(delivery -> runs.contains(delivery.run()));
        }
    }, new ResultBook(), InstantSource.fixed(Instant.EPOCH));

    private static List<Task> many(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(SampleTasks::task).toList();
    }

    private void live(String... workers) {
        tasks.look(Map.of(TaskClass.SCORE, Set.of(workers)));
    }

    /** A task of this kind is known to take so long. */
    private void takes(double seconds) {
        tasks.submit(List.of(task(0)));
        answer(queue.remove(), seconds);
    }

    private void answer(Delivery delivery, double seconds) {
        delivery.tasks().forEach(task ->
                tasks.receive(new Result(task.id(), SampleTasks.outcome(task), 64, seconds, "a", "cpu")));
    }

    private void happens(Delivery delivery, Attempt.Kind kind) {
        delivery.tasks().forEach(task ->
                tasks.receive(new Attempt(task.id(), delivery.id(), "a", kind, "", Optional.empty(), 0, Instant.EPOCH)));
    }

    @Test
    void tasksOfMillisecondsTravelTogetherAndOnesOfSecondsDoNot() {
        live("a");
        takes(0.25 / QUICK_ENOUGH);
        tasks.submit(many(1, 100));
        assertThat(queue).hasSize(4).allSatisfy(delivery -> assertThat(delivery.tasks()).hasSize(QUICK_ENOUGH));
        answer(queue.remove(), 3);
        assertThat(queue.removeLast().tasks()).hasSize(1);
    }

    @Test
    void fewTasksAreSharedAmongTheWorkers() {
        live("a", "b", "c", "d");
        takes(0.001);
        tasks.submit(many(1, 16));
        assertThat(queue).hasSize(8).allSatisfy(delivery -> assertThat(delivery.tasks()).hasSizeLessThanOrEqualTo(2));
    }

    @Test
    void asManyAreInTheQueueAsWorkersNeedWhoDoNotOnlyRefuse() {
        live("a", "b", "c");
        tasks.submit(many(1, 100));
        assertThat(queue).hasSize(6);
        happens(queue.remove(), Attempt.Kind.REFUSED);
        assertThat(queue).hasSize(6);
        live("a", "b", "c");
        answer(queue.remove(), 1);
        assertThat(queue).as("there are more than the two others need").hasSize(5);
        live("a", "b", "c");
        assertThat(queue).as("a does not only refuse").hasSize(6);
    }

    /** One of them may have killed the worker: which one shows when each goes alone. */
    @Test
    void whatWasLostTogetherComesAgainOneByOne() {
        for (var kind : EnumSet.of(Attempt.Kind.LOST, Attempt.Kind.FAILED)) {
            live("a");
            takes(0.25 / QUICK_ENOUGH);
            tasks.submit(many(1, 20));
            var lost = queue.remove();
            assertThat(lost.tasks()).hasSize(QUICK_ENOUGH);
            happens(lost, kind);
            while (!queue.isEmpty()) {
                var next = queue.remove();
                if (lost.tasks().stream().anyMatch(next.tasks()::contains)) {
                    assertThat(next.tasks()).hasSize(1);
                }
                answer(next, 0.25 / QUICK_ENOUGH);
            }
        }
    }

    @Test
    void whatWasGivenBackComesTogetherAgain() {
        live("a");
        takes(0.25 / QUICK_ENOUGH);
        tasks.submit(many(1, 4 * QUICK_ENOUGH));
        var released = new ArrayList<>(queue);
        queue.clear();
        released.forEach(delivery -> happens(delivery, Attempt.Kind.RELEASED));
        assertThat(queue).anySatisfy(delivery -> assertThat(delivery.tasks()).hasSizeGreaterThan(1));
    }

    @Test
    void whatVanishedComesAgainAndCounts() {
        live("a");
        var asked = tasks.submit(List.of(task(1))).get(0);
        for (int i = 1; i <= LedgerRules.DEFAULT.limit(); i++) {
            assertThat(asked).isNotDone();
            var vanished = queue.remove();
            var lost = new LostDeliveries();
            assertThat(lost.look(tasks, Set::of)).as("something moved").isEmpty();
            assertThat(lost.look(tasks, Set::of)).as("missing once").isEmpty();
            assertThat(lost.look(tasks, () -> Set.of(vanished.id()))).isEmpty();
            assertThat(lost.look(tasks, Set::of)).isEmpty();
            assertThat(lost.look(tasks, Set::of)).containsExactly(vanished.id());
        }
        assertThat(queue).isEmpty();
        assertThat(asked).isCompletedExceptionally();
    }

    @Test
    void runsThatBeginAgainAskUnderAnotherName() {
        live("a");
        var first = tasks.submit(List.of(task(1))).get(0);
        var before = queue.peek();
        tasks.withdrawUnanswered();
        assertThat(first).isCompletedExceptionally();
        assertThat(queue).isEmpty();
        var again = tasks.submit(List.of(task(1))).get(0);
        assertThat(queue.peek().run()).isNotEqualTo(before.run());
        happens(before, Attempt.Kind.LOST);
        assertThat(queue).as("what became of a withdrawn delivery is nobody's business").hasSize(1);
        answer(queue.remove(), 1);
        assertThat(again).isCompletedWithValueMatching(result -> result.id().equals(task(1).id()));
    }

    @Test
    void timeOfDevicesIsThatOfResultsAskedForAndOfAttemptsAtThem() {
        live("a");
        tasks.submit(List.of(task(1), task(2)));
        var first = queue.remove();
        answer(first, 2.5);
        answer(first, 2.5);
        assertThat(tasks.deviceSeconds()).as("a result that comes twice was paid once").isEqualTo(2.5);
        var second = queue.remove();
        var broken = new Attempt(task(2).id(), second.id(), "a", Attempt.Kind.FAILED, "", Optional.empty(), 0, 4, Instant.EPOCH);
        tasks.receive(broken);
        tasks.receive(broken);
        assertThat(tasks.deviceSeconds()).isEqualTo(6.5);
        tasks.receive(SampleTasks.result(task(3), "another job's"));
        assertThat(tasks.deviceSeconds()).as("others pay for theirs").isEqualTo(6.5);
    }

    @Test
    void twoThatAskForOneTaskAreAnsweredAtOnce() {
        live("a");
        var first = tasks.submit(List.of(task(1))).get(0);
        var second = tasks.submit(List.of(task(1))).get(0);
        assertThat(queue).hasSize(1);
        first.cancel(true);
        answer(queue.remove(), 1);
        assertThat(second).isCompleted();
    }
}
