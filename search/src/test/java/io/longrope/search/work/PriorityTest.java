package io.longrope.search.work;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** How jobs share the workers of a queue that is first come, first served. */
class PriorityTest {

    private final Deque<Delivery> queue = new ArrayDeque<>();
    private final ResultBook book = new ResultBook();
    private final List<JobTasks> jobs = new ArrayList<>();

    @Test
    void workersAreSharedInProportionToPriority() {
        ask("usual", 1, 0, 400);
        ask("urgent", 3, 1000, 400);
        var served = serve(200);
        assertThat(Collections.frequency(served, "urgent")).isBetween(145, 155);
        assertThat(Collections.frequency(served.subList(0, 40), "usual")).as("it is never left out").isBetween(8, 12);
    }

    @Test
    void jobsOfOnePriorityAreServedAlike() {
        ask("one", 2, 0, 400);
        ask("other", 2, 1000, 400);
        assertThat(Collections.frequency(serve(200), "one")).isBetween(96, 104);
    }

    @Test
    void whatTheUrgentJobLeavesTheOtherGets() {
        ask("usual", 1, 0, 100);
        ask("urgent", 16, 1000, 10);
        var served = serve(110);
        assertThat(Collections.frequency(served, "urgent")).isEqualTo(10);
        assertThat(served.subList(0, 16)).as("what was in the queue before it came").contains("urgent");
    }

    @Test
    void thereIsNoPriorityBelowOne() {
        assertThatThrownBy(() -> ask("job", 0, 0, 1)).isInstanceOf(BadInput.class).hasMessageContaining("priority must be at least 1");
    }

    private void ask(String job, int priority, int from, int count) {
        var tasks = new JobTasks(job, priority, LedgerRules.DEFAULT, WaitListener.NONE, new TaskTransport() {
            @Override
            public void queue(Delivery delivery) {
                queue.add(delivery);
            }

            @Override
            public void withdraw(Set<String> runs) {
                throw new AssertionError("nobody withdraws");
            }
        }, book, InstantSource.fixed(Instant.EPOCH));
        jobs.add(tasks);
        tasks.look(Map.of(TaskClass.SCORE, Set.of("a", "b", "c")));
        tasks.submit(IntStream.range(from, from + count).mapToObj(SampleTasks::task).toList());
    }

    /** The jobs whose tasks workers do, in order. */
    private List<String> serve(int count) {
        var served = new ArrayList<String>();
        while (served.size() < count && !queue.isEmpty()) {
            var next = queue.remove();
            for (var task : next.tasks()) {
                served.add(next.job());
                // so long that tasks travel alone
                var result = new Result(task.id(), SampleTasks.outcome(task), 64, 1, "a", "cpu");
                book.receive(result);
                jobs.forEach(job -> job.receive(result));
            }
        }
        return served;
    }
}
