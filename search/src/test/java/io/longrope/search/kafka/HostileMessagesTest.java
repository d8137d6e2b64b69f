package io.longrope.search.kafka;

import io.longrope.search.work.WorkerStatus;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobStates;
import io.longrope.search.job.JobSubmission;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;

/** What is not ours on any topic is refused, counted by topic, and changes nothing. Queue and scores: see {@link KafkaFaultsTest}. */
class HostileMessagesTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final JobSubmission JOB = new JobSubmission(new JobId("job"), "{}", NOON);
    private static final List<byte[]> HOSTILE = List.of(bytes("hello"), new byte[0], new byte[900_000], bytes("[".repeat(50_000)),
            bytes("{\"schema\":9,\"type\":\"job\",\"body\":{}}"),
            bytes("{\"schema\":1,\"type\":\"job\",\"body\":{\"submission\":{\"id\":\"../../x\"}}}"),
            bytes("{\"schema\":1,\"type\":\"event\",\"body\":{\"job\":\"job\",\"kind\":\"burned\"}}"),
            bytes("{\"schema\":1,\"type\":\"worker\",\"body\":{\"worker\":\"w\",\"tokensPerSecond\":\"NaN\"}}"));

    private final KafkaSettings settings = TestBroker.fresh();
    private final KafkaProducer<byte[], byte[]> producer = Clients.producer(settings);

    @AfterEach
    void close() {
        producer.close();
    }

    @Test
    void jobs() throws Exception {
        flood(settings.jobs());
        try (var log = KafkaJobLog.open(settings); var claims = KafkaJobClaims.open(settings, "d", log, InstantSource.system())) {
            log.submit(JOB);
            assertThat(claims.claim(Duration.ofSeconds(20)).orElseThrow().submission()).isEqualTo(JOB);
            assertThat(claims.refused()).isEqualTo(HOSTILE.size());
            assertThat(log.states()).extracting(JobState::id).containsExactly(JOB.id());
        }
        assertThat(refused(settings.jobs())).isGreaterThanOrEqualTo(HOSTILE.size());
    }

    @Test
    void eventsAndRequestsToCancel() throws Exception {
        try (var log = KafkaJobLog.open(settings)) {
            log.submit(JOB);
            flood(settings.events());
            Clients.send(producer, settings.events(), "x", Messages.write("event",
                    JobEvent.of(new JobId("nobody"), JobEvent.Kind.CANCEL_REQUESTED, "", NOON)));
            log.publish(JobEvent.of(JOB.id(), JobEvent.Kind.STARTED, "d", NOON));
            var events = new LinkedBlockingQueue<JobEvent>();
            try (var subscription = log.follow(JOB.id(), events::add)) {
                assertThat(events.poll(20, TimeUnit.SECONDS)).extracting(JobEvent::kind).isEqualTo(JobEvent.Kind.SUBMITTED);
                assertThat(events.poll(20, TimeUnit.SECONDS)).extracting(JobEvent::kind).isEqualTo(JobEvent.Kind.STARTED);
            }
            assertThat(log.states()).singleElement().extracting(JobState::phase).isEqualTo(JobState.Phase.RUNNING);
        }
        assertThat(refused(settings.events())).isGreaterThanOrEqualTo(HOSTILE.size());
    }

    @Test
    void states() throws Exception {
        try (var log = KafkaJobLog.open(settings)) {
            log.submit(JOB);
            flood(settings.jobStates(), bytes("job"));
            flood(settings.jobStates(), bytes("no/job"));
            // a state under the name of another
            Clients.send(producer, settings.jobStates(), "job", Messages.write("job-state",
                    new JobStates.Snapshot(JobState.queued(new JobId("nobody"), "", NOON), 0, 0)));
            assertThat(log.states()).containsExactly(JobState.queued(JOB.id(), "", NOON));
            log.publish(JobEvent.of(JOB.id(), JobEvent.Kind.STARTED, "d", NOON));
            assertThat(log.state(JOB.id()).orElseThrow().phase()).isEqualTo(JobState.Phase.RUNNING);
        }
        assertThat(refused(settings.jobStates())).isGreaterThanOrEqualTo(2 * HOSTILE.size() + 1);
    }

    @Test
    void tables() throws Exception {
        // a compacted topic takes nothing without a key
        flood(settings.tables(), bytes("x"));
        try (var log = KafkaJobLog.open(settings)) {
            assertThat(log.tables(JOB.id())).isEmpty();
        }
        assertThat(refused(settings.tables())).isEqualTo(HOSTILE.size());
    }

    @Test
    void heartbeats() throws Exception {
        flood(settings.workers());
        var status = new WorkerStatus("w", "q", "cpu", 1, 2, Optional.empty(), 3, 4, Optional.empty(), Map.of(), NOON);
        try (var board = KafkaWorkerBoard.open(settings)) {
            board.report(status);
            assertThat(board.workers()).containsExactly(status);
        }
        assertThat(refused(settings.workers())).isEqualTo(HOSTILE.size());
    }

    @Test
    void withdrawals() throws Exception {
        for (var value : HOSTILE) {
            producer.send(new ProducerRecord<>(settings.scores(), 0, bytes(Withdrawal.KEY_PREFIX + "x"), value)).get();
        }
        try (var driver = KafkaEvaluations.open(settings, "q"); var worker = KafkaEvaluationQueue.open(settings, "q", "w")) {
            var asked = driver.submit(evaluation(1));
            worker.take(Duration.ofSeconds(20)).orElseThrow().complete(score(evaluation(1)));
            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
            assertThat(driver.refused()).isEqualTo(HOSTILE.size());
        }
    }

    private void flood(String topic) throws Exception {
        flood(topic, null);
    }

    private void flood(String topic, byte[] key) throws Exception {
        for (var value : HOSTILE) {
            producer.send(new ProducerRecord<>(topic, 0, key, value)).get();
        }
    }

    private static long refused(String topic) {
        return RefusedMessages.byTopic().getOrDefault(topic, 0L);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
