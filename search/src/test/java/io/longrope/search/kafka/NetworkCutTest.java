package io.longrope.search.kafka;

import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.WaitListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import static io.longrope.search.work.SampleTasks.outcome;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The network between a worker's process and the broker is cut while it measures, and mended when another has measured for it. */
class NetworkCutTest {

    @TempDir
    private Path directory;

    @Test
    void workerThatWasCutOffChangesNothingAndWorksOn() throws Exception {
        int far = freePort();
        int proxied = freePort();
        try (var broker = broker(far, proxied); var cable = TcpProxy.between(proxied, far)) {
            var settings = KafkaSettings.at(broker.bootstrap()).withPrefix("cut");
            Topics.prepare(settings, List.of("q"));
            try (var driver = KafkaTasks.open(settings, "q", "job", LedgerRules.DEFAULT, WaitListener.NONE);
                 var worker = ChildProcess.start("worker", "127.0.0.1:" + proxied, "cut", "cut-off", "9")) {
                var asked = driver.submit(List.of(task(1))).get(0);
                worker.await("TAKEN");
                cable.cut();
                try (var heir = RunningWorker.start(settings, "heir", SampleTasks::outcome)) {
                    assertThat(asked.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(outcome(task(1)));
                }
                cable.mend();
                worker.await("DONE");
            }
            try (var driver = KafkaTasks.open(settings, "q", "job", LedgerRules.DEFAULT, WaitListener.NONE)) {
                assertThat(driver.submit(List.of(task(1))).get(0).get(60, TimeUnit.SECONDS).outcome()).isEqualTo(outcome(task(1)));
            }
        }
    }

    /** Its first question to a broker that is away times out; that is no end of it. */
    @Test
    void whoLooksWhereJobsAreWhileTheBrokerIsAwayIsToldOnceItIsBack() throws Exception {
        int far = freePort();
        int proxied = freePort();
        try (var broker = broker(far, proxied); var cable = TcpProxy.between(proxied, far)) {
            var near = KafkaSettings.at(broker.bootstrap());
            Topics.prepare(near, List.of("q"));
            var id = new JobId("job-1");
            try (var log = KafkaJobLog.open(near)) {
                log.submit(new JobSubmission(id, "{}", Instant.EPOCH));
            }
            var cut = KafkaSettings.at("127.0.0.1:" + proxied).withClient(Map.of("default.api.timeout.ms", "1500",
                    "request.timeout.ms", "1000"));
            try (var log = KafkaJobLog.open(cut)) {
                cable.cut();
                var states = CompletableFuture.supplyAsync(log::states);
                assertThatThrownBy(() -> states.get(4, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
                cable.mend();
                assertThat(states.get(60, TimeUnit.SECONDS)).extracting(JobState::id).containsExactly(id);
            }
        }
    }

    /** Reached directly, and at a second address that leads through a cable. */
    private EmbeddedBroker broker(int far, int proxied) throws IOException {
        int near = freePort();
        int controller = freePort();
        var properties = new HashMap<>(Roles.BROKER);
        properties.put("listeners", "CLIENTS://127.0.0.1:" + near + ",FAR://127.0.0.1:" + far + ",CONTROLLER://127.0.0.1:" + controller);
        properties.put("advertised.listeners", "CLIENTS://127.0.0.1:" + near + ",FAR://127.0.0.1:" + proxied);
        properties.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,FAR:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.quorum.voters", BrokerSettings.NODE + "@127.0.0.1:" + controller);
        return EmbeddedBroker.start(directory, "127.0.0.1", near, properties);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
