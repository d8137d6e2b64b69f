package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A broker that knows its clients by certificate, and the shipped client file with nothing changed but its paths. */
class MutualTlsTest {

    @TempDir
    private Path directory;

    @Test
    void shippedClientFileFitsAndAStrangerIsRefused() throws Exception {
        var broker = KeyStores.create(directory.resolve("broker.p12"), "127.0.0.1", "-ext", "san=ip:127.0.0.1");
        var ours = KeyStores.create(directory.resolve("client.p12"), "longrope");
        var strange = KeyStores.create(directory.resolve("strange.p12"), "longrope");
        var known = KeyStores.certificate(ours, directory.resolve("known.pem"));
        var authority = KeyStores.certificate(broker, directory.resolve("ca.pem"));
        // the broker is a client of its own
        Files.writeString(known, Files.readString(known) + Files.readString(authority));
        var properties = Map.of(
                "listener.security.protocol.map", "CLIENTS:SSL,CONTROLLER:PLAINTEXT", "ssl.client.auth", "required",
                "ssl.keystore.location", broker.toString(), "ssl.keystore.password", KeyStores.PASSWORD,
                "ssl.truststore.type", "PEM", "ssl.truststore.location", known.toString());
        try (var running = EmbeddedBroker.start(directory.resolve("broker"), "127.0.0.1", 0, properties)) {
            var settings = KafkaSettings.at(running.bootstrap());
            var file = shipped("ours.properties", authority, KeyStores.certificateAndKey(ours, directory.resolve("ours.pem")));
            assertThatCode(() -> Topics.prepare(settings.withCommandConfig(file), List.of("q"))).doesNotThrowAnyException();
            var stranger = shipped("strange.properties", authority, KeyStores.certificateAndKey(strange, directory.resolve("strange.pem")));
            assertThatThrownBy(() -> Topics.prepare(settings.withCommandConfig(stranger), List.of("q"))).isInstanceOf(BadInput.class)
                    .hasMessageContaining("must accept our credentials");
        }
    }

    private Path shipped(String name, Path authority, Path client) throws Exception {
        var shipped = Files.readString(Path.of(System.getProperty("longrope.home"), "configs/cluster/client-mtls.properties"));
        return Files.writeString(directory.resolve(name), shipped.replace("/etc/longrope/ca.pem", authority.toString())
                .replace("/etc/longrope/client.pem", client.toString()));
    }
}
