package io.longrope.search.kafka;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;

/** Once Kafka has compacted the states, one message of each job is left, none of those removed, and they tell the same. */
class JobStatesCompactionTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final JobId WAITS = new JobId("waits");
    private static final JobId OVERTAKEN = new JobId("overtaken");
    private static final JobId REMOVED = new JobId("removed");
    private static final JobId BUSY = new JobId("busy");

    @TempDir
    private Path directory;

    @Test
    void statesSurviveCompaction() throws Exception {
        List<JobState> before;
        var generation = new AtomicLong();
        try (var broker = Compaction.broker(directory)) {
            var settings = KafkaSettings.at(broker.bootstrap());
            Topics.prepare(settings, List.of("q"));
            Compaction.beEager(settings, settings.jobStates());
            try (var log = KafkaJobLog.open(settings); var other = KafkaJobLog.open(settings); var producer = Clients.producer(settings)) {
                for (var job : List.of(WAITS, OVERTAKEN, REMOVED, BUSY)) {
                    log.submit(new JobSubmission(job, "{\"name\":\"" + job + "\"}", NOON));
                }
                log.publish(JobEvent.waits(WAITS, new Waiting(TaskClass.SCORE, "a score", Map.of("a", "no such model"), 0), NOON));
                log.cancel(REMOVED, NOON);
                log.delete(REMOVED, NOON);
                var old = last(settings, OVERTAKEN);
                other.publish(JobEvent.of(OVERTAKEN, JobEvent.Kind.FINISHED, "", NOON));
                // of two drivers the slower: its message is the one that stays
                Clients.send(producer, settings.jobStates(), OVERTAKEN.value(), old);
                Compaction.await(() -> log.publish(busy(generation)), () -> messages(settings, BUSY) < generation.get() / 2
                        && messages(settings, WAITS) == 1 && messages(settings, OVERTAKEN) == 1 && messages(settings, REMOVED) == 0);
                before = log.states();
            }
        }
        assertThat(before).extracting(JobState::phase).containsExactly(JobState.Phase.WAITING, JobState.Phase.FINISHED,
                JobState.Phase.RUNNING);
        assertThat(before.get(2).generation()).isEqualTo((int) generation.get());
        try (var broker = EmbeddedBroker.start(directory, 0); var log = KafkaJobLog.open(KafkaSettings.at(broker.bootstrap()))) {
            assertThat(log.states()).isEqualTo(before);
        }
    }

    private static JobEvent busy(AtomicLong generation) {
        return JobEvent.ofGeneration(BUSY, "search", (int) generation.incrementAndGet(), Map.of(), "", NOON);
    }

    private static byte[] last(KafkaSettings settings, JobId job) {
        var last = new byte[1][];
        TopicTail.readAll(settings, settings.jobStates(), message -> {
            if (TaskMessages.key(message).equals(job.value())) {
                last[0] = message.value();
            }
        });
        return last[0];
    }

    /** Of a job, tombstones included. Only compaction makes them fewer. */
    private static long messages(KafkaSettings settings, JobId job) {
        var count = new AtomicLong();
        TopicTail.readAll(settings, settings.jobStates(), message -> {
            if (TaskMessages.key(message).equals(job.value())) {
                count.incrementAndGet();
            }
        });
        return count.get();
    }
}
