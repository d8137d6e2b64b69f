package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import org.assertj.core.util.Throwables;
import io.longrope.search.work.TaskClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaSettingsTest {

    private static final KafkaSettings SETTINGS = KafkaSettings.at("cluster:9092");

    @TempDir
    private Path directory;

    @Test
    void defaults() {
        assertThat(SETTINGS).isEqualTo(new KafkaSettings("cluster:9092", "longrope", -1, Map.of()));
        assertThat(SETTINGS.tasks("gpu", TaskClass.TRAIN)).isEqualTo("longrope.tasks.gpu.train");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> KafkaSettings.at(" ")).isInstanceOf(BadInput.class).hasMessage("bootstrap must not be empty, but was ' '");
        assertThatThrownBy(() -> SETTINGS.withPrefix("a b")).hasMessageStartingWith("topic prefix must be 1 to 100 letters");
        assertThatThrownBy(() -> SETTINGS.withReplication(0))
                .hasMessage("replication must be at least 1, or -1 for the cluster's default, but was 0");
    }

    @Test
    void commandConfigIsTakenOver() throws IOException {
        var file = Files.writeString(directory.resolve("client.properties"),
                "# comment\nsecurity.protocol = SASL_SSL\nsasl.mechanism=PLAIN\n");
        assertThat(SETTINGS.withCommandConfig(file).client()).isEqualTo(Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "PLAIN"));
    }

    @Test
    void shippedExamplesAreCommandConfigs() {
        var examples = Path.of(System.getProperty("longrope.home"), "configs/cluster");
        assertThat(SETTINGS.withCommandConfig(examples.resolve("client-sasl-ssl.properties")).client())
                .containsEntry("security.protocol", "SASL_SSL").containsKeys("sasl.jaas.config", "ssl.truststore.location");
        assertThat(SETTINGS.withCommandConfig(examples.resolve("client-mtls.properties")).client())
                .containsEntry("security.protocol", "SSL").containsKeys("ssl.keystore.location", "ssl.truststore.location");
    }

    @Test
    void commandConfigMustNotTouchWhatGuaranteesRestOn() throws IOException {
        var file = Files.writeString(directory.resolve("client.properties"), "acks=1\ngroup.id=mine\n");
        assertThatThrownBy(() -> SETTINGS.withCommandConfig(file)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must leave acks to longrope").hasMessageContaining("must leave group.id to longrope");
    }

    @Test
    void commandConfigThatIsNoneIsRefused() throws IOException {
        assertThatThrownBy(() -> SETTINGS.withCommandConfig(directory.resolve("missing")))
                .isInstanceOf(BadInput.class).hasMessageStartingWith("command config must be an existing file");
        assertThatThrownBy(() -> SETTINGS.withCommandConfig(directory)).isInstanceOf(BadInput.class);
        var binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> SETTINGS.withCommandConfig(binary)).isInstanceOf(BadInput.class);
        var escape = Files.writeString(directory.resolve("escape"), "a=\\u12");
        assertThatThrownBy(() -> SETTINGS.withCommandConfig(escape)).isInstanceOf(BadInput.class);
    }

    @Test
    void furtherSettingsWinAndMustBeTheirs() {
        var settings = SETTINGS.withClient(Map.of("a", "1", "b", "1")).withMore(Map.of("b", "2", "c", "2"));
        assertThat(settings.client()).isEqualTo(Map.of("a", "1", "b", "2", "c", "2"));
        assertThatThrownBy(() -> SETTINGS.withMore(Map.of("acks", "0"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must leave acks to longrope");
    }

    /** Kafka quotes what it does not understand. */
    @Test
    void kafkasComplaintsNameNoSecret() {
        for (var login : List.of("hunter2", "org.example.Login hunter2 username=\"u\" password=\"hunter2\";",
                "org.example.Login required password=hunter2")) {
            var settings = KafkaSettings.at("127.0.0.1:1")
                    .withClient(Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config", login));
            assertThatThrownBy(() -> Clients.admin(settings)).isInstanceOf(BadInput.class).satisfies(e -> {
                // all of it, causes too, as -v logs it
                assertThat(Throwables.getStackTrace(e)).contains("must be reachable with settings that fit").doesNotContain("hunter2");
            });
        }
    }

    @Test
    void secretsAreNeverPrinted() {
        var settings = SETTINGS.withClient(Map.of("sasl.jaas.config", "password=secret"));
        assertThat(settings.toString()).contains("cluster:9092").doesNotContain("secret");
    }
}
