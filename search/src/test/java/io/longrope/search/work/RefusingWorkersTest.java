package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** Of 64 workers 63 lack the model: the one that has it is kept busy, and the others hardly notice. On a clock of its own. */
class RefusingWorkersTest {

    private static final int REFUSING = 63;
    private static final int TASKS = 900;
    private static final long TASK_MILLIS = 1000;

    private final SimulatedTime time = new SimulatedTime();
    private final Random random = new Random(1);
    private final SimulatedBroker broker = new SimulatedBroker(time, random, 0, delivery -> false);
    private final SimulatedWorker.World world = new SimulatedWorker.World(time, broker, random, 10, dead -> { });
    private final ResultBook book = new ResultBook();
    private final JobTasks tasks = new JobTasks("job", 1, LedgerRules.DEFAULT, WaitListener.NONE, broker, book, time);
    private int resultsRead;
    private int attemptsRead;

    @Test
    void theOneThatCanIsBusyAndTheOthersNearlyIdle() {
        var refusing = new ArrayList<SimulatedWorker>();
        for (int i = 0; i < REFUSING; i++) {
            refusing.add(new SimulatedWorker("refuses-" + i, SimulatedWorker.refusing("no such checkpoint"), world));
        }
        var able = new SimulatedWorker("can", new Able(), world);
        look();
        read();
        var asked = tasks.submit(IntStream.range(0, TASKS).mapToObj(SampleTasks::task).toList());

        assertThat(time.runUntil(() -> asked.stream().allMatch(CompletableFuture::isDone), Duration.ofHours(2))).isTrue();

        assertThat(asked).allSatisfy(answer -> assertThat(answer.join().worker()).isEqualTo("can"));
        assertThat(TASKS * TASK_MILLIS / (double) time.now()).as("share of the time the one worked").isGreaterThan(0.95);
        assertThat(able.busyMillis()).isLessThanOrEqualTo(time.now());
        assertThat(refusing).allSatisfy(worker -> {
            assertThat(worker.busyMillis() / (double) time.now()).as("share of the time another was busy").isLessThan(0.02);
            assertThat(worker.reading().refusals()).containsValue("no such checkpoint");
        });
    }

    /** What a driver hears comes a little late. */
    private void read() {
        var attempts = List.copyOf(broker.attempts().subList(attemptsRead, broker.attempts().size()));
        attemptsRead += attempts.size();
        attempts.forEach(tasks::receive);
        var results = List.copyOf(broker.results().subList(resultsRead, broker.results().size()));
        resultsRead += results.size();
        results.stream().filter(result -> book.receive(result) == ResultBook.Receipt.FIRST).forEach(tasks::receive);
        time.after(10, this::read);
    }

    private void look() {
        tasks.look(Map.of(TaskClass.SCORE, broker.members()));
        time.after(1000, this::look);
    }

    private static final class Able implements SimulatedWorker.Nature {

        @Override
        public Outcome run(Task task) {
            return SampleTasks.outcome(task);
        }

        @Override
        public long takes(Task task) {
            return TASK_MILLIS;
        }
    }
}
