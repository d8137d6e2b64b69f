package io.longrope.search.kafka;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.WaitListener;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedBrokerTest {

    private static final JobSubmission SUBMISSION = new JobSubmission(new JobId("job-1"), "{}", Instant.parse("2026-11-21T12:00:00Z"));

    @TempDir
    private Path directory;

    /** The system may give a port again that was given a moment before. */
    @Test
    void clientsAndControllerNeverShareAPort() {
        var given = List.of(9092, 9092, 9093).iterator();
        assertThat(EmbeddedBroker.unlike(9092, given::next)).isEqualTo(9093);
    }

    @Test
    void restartKeepsEverything() throws Exception {
        try (var broker = EmbeddedBroker.start(directory, 0)) {
            var settings = KafkaSettings.at(broker.bootstrap());
            Topics.prepare(settings, List.of("q"));
            try (var log = KafkaJobLog.open(settings); var driver = KafkaTasks.open(settings, "q", "job", LedgerRules.DEFAULT,
                    WaitListener.NONE)) {
                log.submit(SUBMISSION);
                driver.submit(List.of(task(1)));
            }
            assertDirectoryIsTaken();
        }
        try (var broker = EmbeddedBroker.start(directory, 0)) {
            var settings = KafkaSettings.at(broker.bootstrap());
            Topics.prepare(settings, List.of("q"));
            try (var log = KafkaJobLog.open(settings);
                 var worker = KafkaWorkQueue.open(settings, "q", "a", EnumSet.allOf(TaskClass.class), InstantSource.system())) {
                assertThat(log.states()).extracting(JobState::id).containsExactly(SUBMISSION.id());
                assertThat(worker.take(Duration.ofSeconds(60), Optional.empty()).orElseThrow().delivery().tasks()).containsExactly(task(1));
            }
        }
    }

    /** Whoever watches a job would take a broker that is away for a job that does nothing. */
    @Test
    void whoFollowsJobsIsToldThatTheBrokerIsAwayAndThatItIsBack() throws Exception {
        var broker = EmbeddedBroker.start(directory, 0);
        var settings = KafkaSettings.at(broker.bootstrap());
        int port = Utils.getPort(broker.bootstrap());
        var heard = new LinkedBlockingQueue<JobEvent>();
        try {
            Topics.prepare(settings, List.of("q"));
            try (var log = KafkaJobLog.open(settings); var subscription = log.follow(SUBMISSION.id(), heard::add)) {
                broker.close();
                await(() -> BrokerAbsence.of(settings).isTold());
                broker = EmbeddedBroker.start(directory, port);
                await(() -> !BrokerAbsence.of(settings).isTold());
                log.submit(SUBMISSION);
                assertThat(heard.poll(60, TimeUnit.SECONDS)).isNotNull();
            }
        } finally {
            broker.close();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(50);
        }
    }

    private void assertDirectoryIsTaken() {
        assertThatThrownBy(() -> EmbeddedBroker.start(directory, 0)).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("broker directory must not be in use by another broker, but was " + directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "[::1]"})
    void anAddressOfIpv6IsServed(String host) throws Exception {
        Assumptions.assumeTrue(NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null, "no IPv6 here");
        try (var broker = EmbeddedBroker.start(directory, host, 0, Map.of())) {
            assertThat(broker.bootstrap()).startsWith("[::1]:");
            Topics.prepare(KafkaSettings.at(broker.bootstrap()), List.of("q"));
        }
    }

    @Test
    void portTakenIsSaidAtOnce() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = socket.getLocalPort();
            assertThatThrownBy(() -> EmbeddedBroker.start(directory, port)).isInstanceOf(BadInput.class)
                    .hasMessageStartingWith("port " + port + " must be free on 127.0.0.1");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void directoryThatIsAFileIsRefused() throws Exception {
        var file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> EmbeddedBroker.start(file, 0)).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("broker directory must be a directory that can be written, but was " + file);
    }

    @Test
    void portThatIsNoneIsRefused() {
        assertThatThrownBy(() -> EmbeddedBroker.start(directory, 70_000)).hasMessage("port must be between 0 and 65535, but was 70000");
    }

    @Test
    void addressNobodyCanConnectToIsRefused() {
        assertThatThrownBy(() -> EmbeddedBroker.start(directory, "0.0.0.0", 0, Map.of())).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("broker host must be the address clients reach it at");
    }
}
