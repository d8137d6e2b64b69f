package io.longrope.search.kafka;

import io.longrope.search.work.DeliveryRules;
import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.Score;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;

/** Lost, repeated, late and hostile messages change nothing. */
class KafkaFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final KafkaSettings settings = TestBroker.fresh();
    private final KafkaProducer<byte[], byte[]> producer = Clients.producer(settings);

    @AfterEach
    void close() {
        producer.close();
    }

    @Test
    void firstScoreOfAnEvaluationCounts() throws Exception {
        try (var driver = KafkaEvaluations.open(settings, "q")) {
            var asked = driver.submit(evaluation(1));
            ScoreJournal.write(producer, settings, score(evaluation(1), 2));
            assertThat(asked.get(20, TimeUnit.SECONDS).loss()).isEqualTo(2);
            ScoreJournal.write(producer, settings, score(evaluation(1), 3));
            ScoreJournal.write(producer, settings, score(evaluation(99), 4));
            // the other score, and the first written once more so that compaction keeps it
            await(() -> driver.repeated() == 2);
            assertThat(driver.submit(evaluation(1)).join().loss()).isEqualTo(2);
            assertThat(driver.submit(evaluation(99)).get(20, TimeUnit.SECONDS).loss()).isEqualTo(4);
        }
        try (var driver = KafkaEvaluations.open(settings, "q")) {
            assertThat(driver.submit(evaluation(1)).join().loss()).isEqualTo(2);
        }
    }

    @Test
    void whatIsNoScoreIsCountedAndPassedOver() throws Exception {
        try (var driver = KafkaEvaluations.open(settings, "q")) {
            var asked = driver.submit(evaluation(1));
            var id = evaluation(1).id().value();
            for (var value : hostileValues()) {
                producer.send(new ProducerRecord<>(settings.scores(), 0, id.getBytes(StandardCharsets.UTF_8), value)).get();
            }
            producer.send(new ProducerRecord<>(settings.scores(), 0, "key".getBytes(StandardCharsets.UTF_8),
                    Messages.write("score", score(evaluation(1), 5)))).get();
            Clients.send(producer, settings.scores(), id, Messages.write("score", score(evaluation(2), 5)));
            ScoreJournal.write(producer, settings, score(evaluation(1)));
            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
            assertThat(driver.refused()).isEqualTo(hostileValues().size() + 2);
        }
    }

    @Test
    void whatIsNoEvaluationIsCountedAndTakenAway() throws Exception {
        for (var value : hostileValues()) {
            producer.send(new ProducerRecord<>(settings.evaluations("q"), 0, null, value)).get();
        }
        Clients.send(producer, settings.evaluations("q"), evaluation(2).id().value(), EvaluationMessage.of(evaluation(1)).write());
        try (var driver = KafkaEvaluations.open(settings, "q"); var worker = KafkaEvaluationQueue.open(settings, "q", "a")) {
            var asked = driver.submit(evaluation(1));
            var assignment = worker.take(SOON).orElseThrow();
            assertThat(worker.refused()).isEqualTo(hostileValues().size() + 1);
            assignment.complete(score(evaluation(1)));
            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
        }
    }

    private static List<byte[]> hostileValues() {
        return List.of("hello".getBytes(StandardCharsets.UTF_8), new byte[0], new byte[900_000],
                "{\"schema\":9,\"type\":\"score\",\"body\":{}}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void evaluationThatKillsEveryWorkerIsGivenUp() throws Exception {
        try (var driver = KafkaEvaluations.open(settings, "q")) {
            var asked = driver.submit(evaluation(1));
            for (int delivery = 1; delivery <= 2; delivery++) {
                // leaving the group without settling is what Kafka sees of a worker that dies
                var dying = new ShareGroupMember(settings, settings.evaluations("q"), "dying");
                assertThat(dying.take(SOON).orElseThrow().deliveryCount()).isEqualTo(delivery);
                dying.close();
            }
            try (var worker = KafkaEvaluationQueue.open(settings, "q", "a", new DeliveryRules(2, Duration.ZERO), InstantSource.system())) {
                assertThat(worker.take(Duration.ofSeconds(2))).isEmpty();
            }
            var score = asked.get(20, TimeUnit.SECONDS);
            assertThat(score.outcome()).isEqualTo(Score.Outcome.GIVEN_UP);
            assertThat(score.reason()).isEqualTo("no worker finished it in 2 deliveries");
        }
    }

    /** Interrupted = uninterrupted at this level: a driver asks in order, dies half way, and another asks the same. */
    @Test
    void secondDriverContinuesWhereTheFirstStopped() throws Exception {
        var measured = new HashMap<EvaluationId, Integer>();
        try (var worker = KafkaEvaluationQueue.open(settings, "q", "a")) {
            var first = KafkaEvaluations.open(settings, "q");
            IntStream.range(0, 10).forEach(i -> first.submit(evaluation(i)));
            measure(worker, 4, measured);
            first.close();
            try (var second = KafkaEvaluations.open(settings, "q")) {
                var asked = IntStream.range(0, 12).mapToObj(i -> second.submit(evaluation(i))).toList();
                measure(worker, 8, measured);
                CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
                for (int i = 0; i < asked.size(); i++) {
                    assertThat(asked.get(i).join()).isEqualTo(score(evaluation(i)));
                }
            }
            assertThat(worker.take(Duration.ofMillis(300))).isEmpty();
        }
        assertThat(measured).hasSize(12).allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
    }

    @Test
    void evaluationThatVanishedIsQueuedAgain() throws Exception {
        try (var driver = KafkaEvaluations.open(settings, "q", Duration.ofMillis(200));
             var thief = new ShareGroupMember(settings, settings.evaluations("q"), "thief")) {
            var asked = driver.submit(evaluation(1));
            thief.take(SOON).orElseThrow().settle(AcknowledgeType.ACCEPT);
            try (var worker = KafkaEvaluationQueue.open(settings, "q", "a")) {
                worker.take(SOON).orElseThrow().complete(score(evaluation(1)));
            }
            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
        }
    }

    @Test
    void evaluationThatTakesLongIsNotTakenForLost() throws Exception {
        try (var driver = KafkaEvaluations.open(settings, "q", Duration.ofMillis(200));
             var slow = KafkaEvaluationQueue.open(settings, "q", "slow"); var idle = KafkaEvaluationQueue.open(settings, "q", "idle")) {
            var asked = driver.submit(evaluation(1));
            var held = slow.take(SOON).orElseThrow();
            assertThat(idle.take(Duration.ofMillis(1500))).isEmpty();
            held.complete(score(evaluation(1)));
            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
        }
    }

    private static void measure(KafkaEvaluationQueue worker, int count, Map<EvaluationId, Integer> measured) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            var assignment = worker.take(SOON).orElseThrow();
            measured.merge(assignment.evaluation().id(), 1, Integer::sum);
            assignment.complete(score(assignment.evaluation()));
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 400 && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
