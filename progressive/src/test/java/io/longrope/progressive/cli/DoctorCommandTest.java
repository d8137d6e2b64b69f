package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.search.json.Json;
import io.longrope.search.kafka.EmbeddedBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class DoctorCommandTest {

    @TempDir
    private static Path directory;
    private static EmbeddedBroker broker;

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void aBareMachineIsInOrderAndSaysSoInAFileToo() throws IOException {
        var json = directory.resolve("doctor.json");

        assertThat(run("doctor", "--json", json.toString())).as(this::said).isZero();

        assertThat(out.toString()).contains("Java", "attention in bf16, heads of 128, window of 100", "figures of java-1m in f32",
                "figures of java-1m in bf16", "one layer, 2048 tokens", "and a known task came out right after it")
                .doesNotContain("FAILED").doesNotContain("left out");
        var written = Json.mapper().readTree(json.toFile());
        assertThat(written.path("findings")).hasSizeGreaterThan(9).allMatch(finding -> finding.path("state").textValue().equals("ok"));
        assertThat(written.path("environment").path("java").textValue()).isNotEmpty();
        assertThat(written.path("failed")).isEmpty();
    }

    @Test
    void aGpuThatIsNotThereIsNamedWithTheWayOut() throws IOException {
        var json = directory.resolve("gpu.json");

        assertThat(run("doctor", "--device", "gpu:77", "--json", json.toString())).isEqualTo(1);

        assertThat(out.toString()).contains("failed: driver")
                .contains("DJL's library cpu", "DJL's library cu128", "device gpu:77", "needs what failed above").doesNotContain("\tat ");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(Json.mapper().readTree(json.toFile()).path("failed")).extracting(name -> name.textValue())
                .contains("driver");
    }

    @Test
    void aKafkaIsAskedForAllThatJobsNeedOfItAndLeftAsItWas() throws Exception {
        assertThat(run("doctor", "--bootstrap", broker.bootstrap(), "--topic-prefix", "healthy")).as(this::said).isZero();

        assertThat(out.toString()).contains("share groups with renewal (metadata.version=", "healthy.doctor.* may be made and used",
                "allowed, a worker may hold", "a task went to a worker, and its result came back");
        try (var admin = admin()) {
            assertThat(admin.listTopics().names().get()).noneMatch(topic -> topic.startsWith("healthy"));
        }
    }

    @Test
    void aKafkaWhoseShareGroupsForbidRenewalIsNamed() throws Exception {
        var group = new ConfigResource(ConfigResource.Type.GROUP, "forbids.doctor.tasks.doctor.score");
        try (var admin = admin()) {
            var forbid = new AlterConfigOp(new ConfigEntry("share.renew.acknowledge.enable", "false"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(group, List.of(forbid))).all().get();
        }

        assertThat(run("doctor", "--bootstrap", broker.bootstrap(), "--topic-prefix", "forbids")).isEqualTo(1);

        assertThat(out.toString()).contains("failed: Kafka, renewal", "must have share.renew.acknowledge.enable=true, but was false",
                "kafka-configs.sh --alter");
    }

    @Test
    void aKafkaWithoutShareGroupsIsNamed() throws Exception {
        try (var old = EmbeddedBroker.start(directory.resolve("old"), 0)) {
            try (var admin = Admin.create(Map.of("bootstrap.servers", old.bootstrap()))) {
                admin.updateFeatures(Map.of("share.version", new FeatureUpdate((short) 0, FeatureUpdate.UpgradeType.UNSAFE_DOWNGRADE)),
                        new UpdateFeaturesOptions()).all().get();
            }
            assertThat(run("doctor", "--bootstrap", old.bootstrap())).isEqualTo(1);
        }

        assertThat(out.toString()).contains("failed: Kafka, version and share groups")
                .contains("must offer share groups with renewal, so be version 4.2 or newer, but was share.version=0",
                        "left out  needs what failed above");
    }

    @Test
    void aKafkaThatIsSilentIsNamed() {
        assertThat(run("doctor", "--bootstrap", "localhost:1", "--kafka", "default.api.timeout.ms=2000", "--kafka",
                "request.timeout.ms=1000")).isEqualTo(1);

        assertThat(out.toString()).contains("failed: Kafka, version", "Kafka at localhost:1 must answer");
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    private String said() {
        return out + err.toString(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }
}
