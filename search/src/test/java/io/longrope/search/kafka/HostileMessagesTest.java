package io.longrope.search.kafka;

import io.longrope.search.work.Attempt;
import io.longrope.search.work.Delivery;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.WaitListener;
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
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static io.longrope.search.work.SampleTasks.outcome;
import static io.longrope.search.work.SampleTasks.result;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

/** What is not ours on any topic is refused, counted by topic, and changes nothing. */
class HostileMessagesTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final JobSubmission JOB = new JobSubmission(new JobId("job"), "{}", NOON);
    private static final List<byte[]> HOSTILE = List.of(bytes("hello"), new byte[0], new byte[900_000], bytes("[".repeat(50_000)),
            bytes("{\"schema\":9,\"type\":\"job\",\"body\":{}}"),
            bytes("{\"schema\":1,\"type\":\"job\",\"body\":{\"submission\":{\"id\":\"../../x\"}}}"),
            bytes("{\"schema\":1,\"type\":\"event\",\"body\":{\"job\":\"job\",\"kind\":\"burned\"}}"),
            bytes("{\"schema\":1,\"type\":\"delivery\",\"body\":{\"id\":\"d1\",\"job\":\"job\",\"run\":\"run\",\"tasks\":[]}}"),
            bytes("{\"schema\":1,\"type\":\"result\",\"body\":{\"id\":\"../../x\"}}"),
            bytes("{\"schema\":1,\"type\":\"attempt\",\"body\":{\"kind\":\"burned\"}}"),
            bytes("{\"schema\":1,\"type\":\"withdrawal\",\"body\":{\"run\":\"\"}}"),
            bytes("{\"schema\":1,\"type\":\"worker\",\"body\":{\"worker\":\"w\",\"tokensPerSecond\":\"NaN\"}}"));

    private final KafkaSettings settings = TestBroker.fresh();
    private final KafkaProducer<byte[], byte[]> producer = Clients.producer(settings);
    private RunningWorker worker;

    @AfterEach
    void close() throws InterruptedException {
        if (worker != null) {
            worker.close();
        }
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
            assertThat(log.states()).extracting(JobState::id).containsExactly(JOB.id());
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
            // the broker's clock dates it
            assertThat(board.workers()).usingRecursiveFieldByFieldElementComparatorIgnoringFields("at").containsExactly(status);
            assertThat(board.workers()).usingRecursiveFieldByFieldElementComparatorIgnoringFields("at").containsExactly(status);
        }
        assertThat(refused(settings.workers())).as("each read once, though the board was asked twice").isEqualTo(HOSTILE.size());
    }

    @Test
    void queues() throws Exception {
        for (var taskClass : TaskClass.values()) {
            flood(settings.tasks("q", taskClass));
            // another delivery's key
            Clients.send(producer, settings.tasks("q", taskClass), "d2", TaskMessages.write(new Delivery("d1", "job", "run",
                    List.of(task(1)), Set.of(), false)));
        }
        assertThat(measured()).isEqualTo(outcome(task(1)));
        assertThat(refused(settings.tasks("q", TaskClass.SCORE))).isEqualTo(HOSTILE.size() + 1);
        awaitRefused(settings.tasks("q", TaskClass.TRAIN), HOSTILE.size() + 1);
    }

    @Test
    void results() throws Exception {
        flood(settings.results(), bytes(task(1).id() + "/0123"));
        // another task's key, and no loss at all
        Clients.send(producer, settings.results(), task(2).id() + "/0", TaskMessages.write(result(task(1), 5)));
        Clients.send(producer, settings.results(), task(1).id() + "/0", bytes(new String(TaskMessages.write(result(task(1), 5)),
                StandardCharsets.UTF_8).replace("5.0", "1e999")));
        assertThat(measured()).isEqualTo(outcome(task(1)));
        assertThat(refused(settings.results())).isGreaterThanOrEqualTo(HOSTILE.size() + 2);
    }

    @Test
    void attempts() throws Exception {
        flood(settings.attempts(), bytes(task(1).id().value()));
        for (int i = 0; i < 2 * LedgerRules.DEFAULT.limit(); i++) {
            var attempt = new Attempt(task(1).id(), "of somebody's imagination", "w", Attempt.Kind.FAILED, "", Optional.empty(), 0, NOON);
            Clients.send(producer, settings.attempts(), task(1).id().value(), TaskMessages.write(attempt, MessageVersion.CURRENT));
        }
        assertThat(measured()).isEqualTo(outcome(task(1)));
        assertThat(refused(settings.attempts())).isEqualTo(HOSTILE.size());
    }

    @Test
    void withdrawals() throws Exception {
        flood(settings.withdrawals());
        Clients.send(producer, settings.withdrawals(), "another run", TaskMessages.write(new TaskMessages.Withdrawal("another run")));
        assertThat(measured()).isEqualTo(outcome(task(1)));
        assertThat(refused(settings.withdrawals())).isGreaterThanOrEqualTo(HOSTILE.size());
    }

    private Outcome measured() throws Exception {
        worker = RunningWorker.start(settings, "w", SampleTasks::outcome);
        try (var driver = KafkaTasks.open(settings, "q", "job", LedgerRules.DEFAULT, WaitListener.NONE)) {
            return driver.submit(List.of(task(1))).get(0).get(60, TimeUnit.SECONDS).outcome();
        }
    }

    private static void awaitRefused(String topic, long count) throws InterruptedException {
        for (int i = 0; i < 600 && refused(topic) < count; i++) {
            Thread.sleep(100);
        }
        assertThat(refused(topic)).isEqualTo(count);
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
