package io.longrope.search.kafka;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobLogContract;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobStates;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.problem.BadInput;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaJobLogTest extends JobLogContract {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final JobId JOB = new JobId("job");
    private static final JobId OTHER = new JobId("other");
    private static final JobId ENDED = new JobId("ended");

    private final KafkaSettings settings = TestBroker.fresh();
    private final KafkaProducer<byte[], byte[]> producer = Clients.producer(settings);

    @AfterEach
    void close() {
        producer.close();
    }

    @Override
    protected JobLog openLog() {
        return KafkaJobLog.open(settings);
    }

    @Test
    void aMessageOfExactlyTheLimitArrives() {
        var id = new JobId("j".repeat(64));
        try (var log = KafkaJobLog.open(settings)) {
            int envelope = new JobMessage(submission(id, 0), 0).write().length;
            log.submit(submission(id, Messages.LARGEST_WRITTEN - envelope));
            assertThat(log.states()).hasSize(1);
        }
        try (var log = KafkaJobLog.open(settings)) {
            var other = new JobId("other");
            int envelope = new JobMessage(submission(other, 0), 0).write().length;
            assertThatThrownBy(() -> log.submit(submission(other, Messages.LARGEST_WRITTEN - envelope + 1))).isInstanceOf(BadInput.class)
                    .hasMessageContaining("plan must be at most " + Messages.LARGEST_WRITTEN + " bytes");
        }
    }

    @Test
    void eventWhoseDriverDiedBeforeItWroteTheStateCounts() {
        try (var log = KafkaJobLog.open(settings)) {
            log.submit(new JobSubmission(JOB, "{}", NOON));
            log.publish(started("first"));
            publishAsOneThatDies(JobEvent.of(JOB, JobEvent.Kind.FINISHED, "", NOON));
            assertThat(phase(log)).isEqualTo(JobState.Phase.FINISHED);
            try (var other = KafkaJobLog.open(settings)) {
                assertThat(phase(other)).isEqualTo(JobState.Phase.FINISHED);
                // what the next driver tells is no longer told of this job
                other.publish(started("second"));
                assertThat(other.state(JOB).orElseThrow().driver()).isEqualTo("first");
            }
        }
    }

    @Test
    void slowerOfTwoDriversDoesNotTurnAStateBack() {
        try (var slow = KafkaJobLog.open(settings); var quick = KafkaJobLog.open(settings)) {
            slow.submit(new JobSubmission(JOB, "{}", NOON));
            slow.publish(started("slow"));
            var old = lastState();
            quick.publish(started("quick"));
            quick.publish(JobEvent.of(JOB, JobEvent.Kind.FINISHED, "", NOON));
            // the slow one wakes up and writes what it had in hand; compaction will keep nothing else of the job
            producer.send(Clients.message(settings.jobStates(), JOB.value(), null));
            Clients.send(producer, settings.jobStates(), JOB.value(), old);
            for (var log : List.of(slow, quick)) {
                assertThat(log.state(JOB).orElseThrow().driver()).isEqualTo("quick");
                assertThat(phase(log)).isEqualTo(JobState.Phase.FINISHED);
            }
        }
    }

    @Test
    void driversThatTakeTurnsTellOneStory() {
        try (var one = KafkaJobLog.open(settings); var other = KafkaJobLog.open(settings)) {
            one.submit(new JobSubmission(JOB, "{}", NOON));
            other.submit(new JobSubmission(OTHER, "{}", NOON));
            for (int i = 1; i <= 10; i++) {
                var turn = i % 2 == 0 ? one : other;
                turn.publish(generation(JOB, i));
                turn.publish(generation(OTHER, 10 * i));
            }
            one.cancel(JOB, NOON);
            other.publish(generation(JOB, 11));
            assertThat(phase(one)).isEqualTo(JobState.Phase.CANCELLING);
            assertThat(one.states()).isEqualTo(other.states()).extracting(JobState::generation).containsExactly(11, 100);
        }
    }

    @Test
    void stateThatWasDeletedComesBackWithTheNextEvent() {
        try (var log = KafkaJobLog.open(settings)) {
            log.submit(new JobSubmission(OTHER, "{}", NOON));
            log.submit(new JobSubmission(JOB, "{\"name\":\"lost\"}", NOON));
            log.publish(JobEvent.of(OTHER, JobEvent.Kind.STARTED, "d", NOON));
            Clients.send(producer, settings.jobStates(), JOB.value(), null);
        }
        try (var log = KafkaJobLog.open(settings)) {
            log.publish(JobEvent.of(OTHER, JobEvent.Kind.FINISHED, "", NOON));
            log.publish(started("d"));
            assertThat(log.state(JOB).orElseThrow()).satisfies(state -> {
                assertThat(state.name()).isEqualTo("lost");
                assertThat(state.driver()).isEqualTo("d");
            });
        }
    }

    @Test
    void jobWhoseSubmitterDiedHalfWayIsQueuedWhenSubmittedAgain() throws Exception {
        var died = new JobSubmission(JOB, "{}", NOON);
        var again = new JobSubmission(JOB, "{}", NOON.plusSeconds(60));
        try (var log = KafkaJobLog.open(settings); var claims = KafkaJobClaims.open(settings, "d", log, InstantSource.system())) {
            try (var producer = Clients.producer(settings)) {
                new JobStateTopic(settings, producer).keep(died);
            }
            publishAsOneThatDies(JobEvent.submitted(died, OptionalInt.empty()));
            assertThat(claims.claim(Duration.ofMillis(500))).isEmpty();
            log.submit(again);
            log.submit(new JobSubmission(JOB, "{}", NOON.plusSeconds(120)));
            assertThat(claims.claim(Duration.ofSeconds(20)).orElseThrow().submission()).isEqualTo(again);
            log.submit(new JobSubmission(JOB, "{}", NOON.plusSeconds(180)));
            assertThat(claims.claim(Duration.ofMillis(500))).isEmpty();
        }
    }

    @Test
    void pausedJobGoesOnThoughTheQueueForgotItsMessage() {
        try (var log = KafkaJobLog.open(settings)) {
            log.submit(new JobSubmission(JOB, "{\"seed\":7}", NOON));
            log.publish(started("d"));
            log.publish(JobEvent.of(JOB, JobEvent.Kind.PAUSED, "", NOON));
        }
        deleteBefore(settings.jobs(), QueueBacklog.end(settings, settings.jobs()));
        try (var log = KafkaJobLog.open(settings)) {
            log.resume(JOB, NOON);
            assertThat(phase(log)).isEqualTo(JobState.Phase.QUEUED);
        }
        var queued = new ArrayList<JobSubmission>();
        TopicTail.readAll(settings, settings.jobs(), message -> queued.add(JobMessage.read(message).submission()));
        assertThat(queued).containsExactly(new JobSubmission(JOB, "{\"seed\":7}", NOON));
    }

    /** No state lags far behind, and what lies before them all need not even exist any more. */
    @Test
    void fewEventsAreReadHoweverManyThereWere() {
        try (var log = KafkaJobLog.open(settings)) {
            // one that waits for a driver for long, and one that ended long ago
            log.submit(new JobSubmission(OTHER, "{}", NOON));
            log.submit(new JobSubmission(ENDED, "{}", NOON));
            log.cancel(ENDED, NOON);
            log.submit(new JobSubmission(JOB, "{}", NOON));
            for (int i = 1; i <= 3 * JobStateTopic.LONGEST_LAG; i++) {
                log.publish(generation(JOB, i));
            }
        }
        var stored = new JobStates();
        TopicTail.readAll(settings, settings.jobStates(), message ->
                Messages.readOrRefuse(message, "job-state", JobStates.Snapshot.class, stored::put));
        assertThat(QueueBacklog.end(settings, settings.events()) - stored.next()).isLessThanOrEqualTo(JobStateTopic.LONGEST_LAG + 1);
        var before = states();
        long end = QueueBacklog.end(settings, settings.events());
        deleteBefore(settings.events(), end - JobStateTopic.LONGEST_LAG - 10);
        assertThat(states()).isEqualTo(before).extracting(JobState::phase).containsExactly(JobState.Phase.QUEUED,
                JobState.Phase.CANCELLED, JobState.Phase.RUNNING);
        try (var log = KafkaJobLog.open(settings)) {
            log.publish(JobEvent.of(OTHER, JobEvent.Kind.STARTED, "d", NOON));
            assertThat(log.state(OTHER).orElseThrow().phase()).isEqualTo(JobState.Phase.RUNNING);
        }
    }

    @Test
    void eventOfAnInterruptedDriverIsStoredAndTheInterruptKept() {
        try (var log = KafkaJobLog.open(settings)) {
            log.submit(new JobSubmission(JOB, "{}", NOON));
            Thread.currentThread().interrupt();
            log.publish(started("d"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(log.state(JOB).orElseThrow().driver()).isEqualTo("d");
        } finally {
            Thread.interrupted();
        }
    }

    private void deleteBefore(String topic, long offset) {
        try (var admin = Clients.admin(settings)) {
            AdminCalls.get(admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset))).all());
        }
    }

    private List<JobState> states() {
        try (var log = KafkaJobLog.open(settings)) {
            return log.states();
        }
    }

    @Test
    void eventsAreDatedByTheBrokerWhoseClockAllShare() throws Exception {
        var before = Instant.now().minusSeconds(60);
        var heard = new LinkedBlockingQueue<JobEvent>();
        try (var log = KafkaJobLog.open(settings); var follower = log.follow(heard::add)) {
            log.submit(new JobSubmission(JOB, "{}", NOON));
            // of a driver whose clock is years behind: "time left" and what is old enough to remove are reckoned from it
            log.publish(started("slow clock"));
            heard.take();
            var started = heard.take();
            assertThat(started.at()).isBetween(before, before.plusSeconds(600));
            assertThat(log.state(JOB).orElseThrow().updated()).isEqualTo(started.at());
            try (var other = KafkaJobLog.open(settings)) {
                assertThat(other.state(JOB).orElseThrow().updated()).isEqualTo(started.at());
            }
        }
    }

    private static JobState.Phase phase(KafkaJobLog log) {
        return log.state(JOB).orElseThrow().phase();
    }

    private static JobEvent started(String driver) {
        return JobEvent.of(JOB, JobEvent.Kind.STARTED, driver, NOON);
    }

    private static JobEvent generation(JobId job, int number) {
        return JobEvent.ofGeneration(job, "search", number, Map.of(JobEvent.BEST, 20.0), "", NOON);
    }

    /** Writes an event and no state. */
    private void publishAsOneThatDies(JobEvent event) {
        Clients.send(producer, settings.events(), event.job().value(), Messages.write("event", event));
    }

    private byte[] lastState() {
        var last = new AtomicReference<byte[]>();
        TopicTail.readAll(settings, settings.jobStates(), message -> last.set(message.value()));
        return last.get();
    }

    private static JobSubmission submission(JobId id, int planBytes) {
        return new JobSubmission(id, "p".repeat(planBytes + 1), Instant.parse("2026-01-01T00:00:00Z"));
    }
}
