package io.longrope.search.kafka;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;

/** The network between a worker's process and the broker is cut while it measures, and mended when another has measured for it. */
class NetworkCutTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    @Test
    void workerThatWasCutOffChangesNothingAndWorksOn() throws Exception {
        int near = freePort();
        int far = freePort();
        int proxied = freePort();
        int controller = freePort();
        var properties = new HashMap<>(Roles.BROKER);
        properties.put("listeners", "CLIENTS://127.0.0.1:" + near + ",FAR://127.0.0.1:" + far + ",CONTROLLER://127.0.0.1:" + controller);
        properties.put("advertised.listeners", "CLIENTS://127.0.0.1:" + near + ",FAR://127.0.0.1:" + proxied);
        properties.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,FAR:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("controller.quorum.voters", BrokerSettings.NODE + "@127.0.0.1:" + controller);
        try (var broker = EmbeddedBroker.start(directory, "127.0.0.1", near, properties); var cable = TcpProxy.between(proxied, far)) {
            var settings = KafkaSettings.at(broker.bootstrap()).withPrefix("cut");
            Topics.prepare(settings, List.of("q"));
            try (var driver = KafkaEvaluations.open(settings, "q");
                 var worker = ChildProcess.start("worker", "127.0.0.1:" + proxied, "cut", "cut-off", "9")) {
                var asked = driver.submit(evaluation(1));
                worker.await("TAKEN");
                cable.cut();
                try (var heir = KafkaEvaluationQueue.open(settings, "q", "heir")) {
                    heir.take(SOON).orElseThrow().complete(score(evaluation(1)));
                }
                assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
                cable.mend();
                worker.await("DONE");
            }
            try (var driver = KafkaEvaluations.open(settings, "q")) {
                assertThat(driver.submit(evaluation(1)).get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
