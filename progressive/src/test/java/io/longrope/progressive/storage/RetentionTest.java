package io.longrope.progressive.storage;

import io.longrope.progressive.driver.DirectoryLock;
import io.longrope.progressive.driver.JobSession;
import io.longrope.search.job.InMemoryJobLog;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobEvent.Kind;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.kafka.EmbeddedBroker;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaStorage;
import io.longrope.search.kafka.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class RetentionTest {

    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path directory;

    @Test
    void checkpointsOfJobsThatEndedLongAgoAreRemovedAndOthersStay() throws Exception {
        try (var broker = EmbeddedBroker.start(directory.resolve("broker"), 0)) {
            var settings = KafkaSettings.at(broker.bootstrap());
            Topics.prepare(settings, List.of("q"));
            // Kafka's would date the jobs of today
            try (var log = new InMemoryJobLog(); var storage = KafkaStorage.open(settings)) {
                var now = storage.now();
                var before = now.minus(MONTH).minus(HOUR);
                var old = job(log, 1, Kind.FINISHED, before);
                var recent = job(log, 2, Kind.FINISHED, now.minus(MONTH).plus(HOUR));
                var paused = job(log, 3, Kind.PAUSED, before);
                var running = job(log, 4, Kind.STARTED, before);
                var inUse = job(log, 5, Kind.CANCELLED, before);
                var nothing = new Retention(Optional.empty(), Optional.empty(), Optional.of(new Retention.Keep(Optional.empty())));
                nothing.sweep(directory.resolve("runs"), log, storage);
                assertThat(model(old)).exists();
                var month = new Retention(Optional.empty(), Optional.empty(), Optional.of(new Retention.Keep(Optional.of(MONTH))));
                try (var lock = DirectoryLock.of(model(inUse).getParent(), "run directory", "--runs")) {
                    month.sweep(directory.resolve("runs"), log, storage);
                    assertThat(model(old)).as("what cannot be done whole is done later").exists();
                }
                month.sweep(directory.resolve("runs"), log, storage);
                assertThat(model(old)).doesNotExist();
                assertThat(model(inUse)).doesNotExist();
                assertThat(model(old).resolveSibling("plan.yaml")).exists();
                assertThat(List.of(recent, paused, running)).allSatisfy(job -> assertThat(model(job)).exists());
                assertThat(log.state(old)).as("it stays in the list").isPresent();
            }
        }
    }

    private JobId job(JobLog log, long seed, Kind end, Instant at) throws IOException {
        var plan = RunFilesTest.plan(seed);
        var submission = JobSession.submission(plan, () -> at);
        log.submit(submission);
        log.publish(JobEvent.of(submission.id(), Kind.STARTED, "driver", at));
        log.publish(JobEvent.of(submission.id(), end, "", at));
        var run = Files.createDirectories(directory.resolve("runs").resolve(submission.id().value()));
        Files.writeString(run.resolve("plan.yaml"), plan.toYaml());
        Files.writeString(Files.createDirectories(run.resolve("model")).resolve("model.safetensors"), "weights");
        return submission.id();
    }

    private Path model(JobId job) {
        return directory.resolve("runs").resolve(job.value()).resolve("model");
    }
}
