package io.longrope.search.kafka;

import io.longrope.search.work.Attempt;
import io.longrope.search.work.FakeRunner;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskGivenUp;
import io.longrope.search.work.WaitListener;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleTasks.outcome;
import static io.longrope.search.work.SampleTasks.result;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Lost, repeated and late messages change nothing. */
class KafkaWorkFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MANY = 20_000;

    private final KafkaSettings settings = TestBroker.fresh();
    private final KafkaProducer<byte[], byte[]> producer = Clients.producer(settings);
    private final Deque<AutoCloseable> opened = new ArrayDeque<>(List.of(producer));

    @AfterEach
    void close() throws Exception {
        for (var resource : opened) {
            resource.close();
        }
    }

    private <T extends AutoCloseable> T closedAfterwards(T resource) {
        opened.push(resource);
        return resource;
    }

    private KafkaTasks driver(String job) {
        return closedAfterwards(KafkaTasks.open(settings, "q", job, LedgerRules.DEFAULT, WaitListener.NONE, Duration.ofMillis(500)));
    }

    private KafkaWorkQueue worker(String name) {
        return closedAfterwards(KafkaWorkQueue.open(settings, "q", name, EnumSet.allOf(TaskClass.class), InstantSource.system()));
    }

    private void loop(String name, FakeRunner.Run run) {
        closedAfterwards(RunningWorker.start(settings, name, run));
    }

    private static Result answer(CompletableFuture<Result> future) throws Exception {
        return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private void publish(Result result) {
        Clients.send(producer, settings.results(), TaskMessages.newKey(result), TaskMessages.write(result));
    }

    @Test
    void firstResultCountsForEveryDriver() throws Exception {
        var one = driver("one");
        var asked = one.submit(List.of(task(1))).get(0);
        publish(result(task(1), 2));
        assertThat(answer(asked).outcome()).isEqualTo(new Outcome.Loss(2));
        publish(result(task(1), 3));
        publish(result(task(99), 4));
        assertThat(answer(one.submit(List.of(task(99))).get(0)).outcome()).isEqualTo(new Outcome.Loss(4));
        for (var job : List.of("two", "three")) {
            assertThat(driver(job).submit(List.of(task(1))).get(0).join().outcome()).isEqualTo(new Outcome.Loss(2));
        }
    }

    @Test
    void taskThatKillsEveryWorkerIsGivenUp() throws Exception {
        var asked = driver("job").submit(List.of(task(1))).get(0);
        for (int delivery = 1; delivery <= LedgerRules.DEFAULT.limit(); delivery++) {
            // leaving the group without settling is what Kafka sees of a worker that dies
            try (var dying = new ShareGroupMember(settings, settings.tasks("q", TaskClass.SCORE), "dying")) {
                assertThat(dying.take(SOON).orElseThrow().deliveryCount()).isEqualTo(1);
            }
            try (var next = worker("next-" + delivery)) {
                var lost = next.take(SOON, Optional.empty()).orElseThrow();
                assertThat(lost.isRedelivered()).isTrue();
                lost.publish(new Attempt(task(1).id(), lost.delivery().id(), "next", Attempt.Kind.LOST, "it vanished", Optional.empty(), 0,
                        InstantSource.system().instant()));
                lost.settle();
            }
        }
        assertThatThrownBy(() -> answer(asked)).cause().isInstanceOf(TaskGivenUp.class).hasMessageContaining("given up after 3 deliveries");
    }

    @Test
    void taskWhoseWorkerDiedIsDoneByAnother() throws Exception {
        var asked = driver("job").submit(List.of(task(1))).get(0);
        try (var dying = new ShareGroupMember(settings, settings.tasks("q", TaskClass.SCORE), "dying")) {
            dying.take(SOON).orElseThrow();
        }
        loop("a", SampleTasks::outcome);
        assertThat(answer(asked).outcome()).isEqualTo(outcome(task(1)));
        var attempts = new ArrayList<Attempt>();
        TopicTail.readAll(settings, settings.attempts(), message -> TaskMessages.readAttempt(message, attempts::add));
        assertThat(attempts).extracting(Attempt::kind).containsExactly(Attempt.Kind.LOST);
    }

    @Test
    void deliveryThatVanishedIsQueuedAgain() throws Exception {
        var asked = driver("job").submit(List.of(task(1))).get(0);
        try (var thief = new ShareGroupMember(settings, settings.tasks("q", TaskClass.SCORE), "thief")) {
            thief.take(SOON).orElseThrow().settle(AcknowledgeType.ACCEPT);
        }
        loop("a", SampleTasks::outcome);
        assertThat(answer(asked).outcome()).isEqualTo(outcome(task(1)));
    }

    /** Looks for lost deliveries come every half second here. */
    @Test
    void deliveryThatTakesLongIsNotTakenForLost() throws Exception {
        var asked = driver("job").submit(List.of(task(1))).get(0);
        var held = worker("slow").take(SOON, Optional.empty()).orElseThrow();
        assertThat(worker("idle").take(Duration.ofSeconds(5), Optional.empty())).isEmpty();
        held.publish(result(task(1), "slow"));
        held.settle();
        assertThat(answer(asked).worker()).isEqualTo("slow");
    }

    /** Interrupted = uninterrupted at this level: a driver asks, dies half way, and another asks the same. */
    @Test
    void secondDriverContinuesWhereTheFirstStopped() throws Exception {
        var tasks = IntStream.range(0, 12).mapToObj(SampleTasks::task).toList();
        var first = KafkaTasks.open(settings, "q", "job", LedgerRules.DEFAULT, WaitListener.NONE);
        var asked = first.submit(tasks.subList(0, 10));
        var measured = new ConcurrentLinkedQueue<Object>();
        var half = new CountDownLatch(4);
        loop("a", task -> {
            measured.add(task);
            half.countDown();
            Thread.sleep(50);
            return outcome(task);
        });
        assertThat(half.await(60, TimeUnit.SECONDS)).isTrue();
        first.close();
        assertThat(asked).allMatch(CompletableFuture::isDone);
        var again = driver("job").submit(tasks);
        for (int i = 0; i < tasks.size(); i++) {
            assertThat(answer(again.get(i)).outcome()).isEqualTo(outcome(tasks.get(i)));
        }
        assertThat(measured).hasSize(12).doesNotHaveDuplicates();
    }

    /** An unfinished record limits how far a share group reads on, so training has a queue of its own. */
    @Test
    @Timeout(500)
    void trainingHeldForLongDoesNotHoldBackScores() throws Exception {
        var training = TaskMessagesTest.tasks().filter(task -> task.taskClass() == TaskClass.TRAIN).findFirst().orElseThrow();
        var driver = driver("job");
        var trained = driver.submit(List.of(training)).get(0);
        var begun = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        loop("trains", task -> {
            if (task.equals(training)) {
                begun.countDown();
                end.await();
                return new Outcome.Trained("train/1", "ab");
            }
            return outcome(task);
        });
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        loop("scores", SampleTasks::outcome);
        var scored = driver.submit(IntStream.range(0, MANY).mapToObj(SampleTasks::task).toList());
        CompletableFuture.allOf(scored.toArray(CompletableFuture[]::new)).get(400, TimeUnit.SECONDS);
        assertThat(scored).allSatisfy(score -> assertThat(score.join().worker()).isEqualTo("scores"));
        assertThat(trained).isNotDone();
        end.countDown();
        assertThat(answer(trained).worker()).isEqualTo("trains");
    }
}
