package io.longrope.search.kafka;

import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.WaitListener;
import io.longrope.search.problem.BadInput;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static io.longrope.search.work.SampleTasks.outcome;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** TLS, SASL/SCRAM and access control, with nothing but a command config on our side. */
class SecurityTest {

    private static final String LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";";

    @TempDir
    private static Path directory;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() throws Exception {
        var store = KeyStores.create(directory.resolve("broker.p12"), "127.0.0.1", "-ext", "san=ip:127.0.0.1");
        var properties = new HashMap<>(Map.of(
                "listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms", "SCRAM-SHA-512",
                "sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512",
                "listener.name.clients.scram-sha-512.sasl.jaas.config", String.format(LOGIN, "admin", "admin-secret"),
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                // the controller's listener is open, but to this machine only
                "super.users", "User:admin;User:ANONYMOUS"));
        for (var kind : List.of("keystore", "truststore")) {
            properties.put("ssl." + kind + ".location", store.toString());
            properties.put("ssl." + kind + ".password", KeyStores.PASSWORD);
        }
        broker = EmbeddedBroker.start(directory.resolve("broker"), "127.0.0.1", 0, properties,
                Stream.concat(Stream.of("SCRAM-SHA-512=[name=longrope,password=change-me]"),
                        Stream.of("admin", "alice", "mallory")
                        .map(name -> "SCRAM-SHA-512=[name=" + name + ",password=" + name + "-secret]")).toList());
        var admin = settings("admin", "admin-secret");
        Topics.prepare(admin, List.of("q"));
        grant(admin, "alice");
        grant(admin, "longrope");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** What a driver or worker needs when somebody else makes the topics. */
    private static void grant(KafkaSettings settings, String user) {
        var bindings = new ArrayList<AclBinding>();
        for (var operation : List.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)) {
            bindings.add(allow(user, ResourceType.TOPIC, operation));
        }
        for (var operation : List.of(AclOperation.READ, AclOperation.DESCRIBE)) {
            bindings.add(allow(user, ResourceType.GROUP, operation));
        }
        try (var admin = Clients.admin(settings)) {
            AdminCalls.get(admin.createAcls(bindings).all());
        }
    }

    private static AclBinding allow(String user, ResourceType type, AclOperation operation) {
        return new AclBinding(new ResourcePattern(type, "longrope.", PatternType.PREFIXED),
                new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW));
    }

    private static KafkaSettings settings(String user, String password) throws IOException {
        var file = Files.writeString(directory.resolve(user + ".properties"), String.join("\n",
                "security.protocol=SASL_SSL", "sasl.mechanism=SCRAM-SHA-512", "sasl.jaas.config=" + String.format(LOGIN, user, password),
                "ssl.truststore.location=" + directory.resolve("broker.p12"), "ssl.truststore.password=" + KeyStores.PASSWORD));
        return KafkaSettings.at(broker.bootstrap()).withCommandConfig(file);
    }

    @Test
    void userWithTheRightsDrivesAndWorks() throws Exception {
        drivesAndWorks(settings("alice", "alice-secret"), task(1));
    }

    /** As it is, but for the place of the authority's certificate. */
    @Test
    void shippedClientFileFits() throws Exception {
        var authority = KeyStores.certificate(directory.resolve("broker.p12"), directory.resolve("ca.pem"));
        var shipped = Files.readString(Path.of(System.getProperty("longrope.home"), "configs/cluster/client-sasl-ssl.properties"));
        assertThat(shipped).contains("/etc/longrope/ca.pem");
        var file = Files.writeString(directory.resolve("shipped.properties"),
                shipped.replace("/etc/longrope/ca.pem", authority.toString()));
        drivesAndWorks(KafkaSettings.at(broker.bootstrap()).withCommandConfig(file), task(2));
    }

    private static void drivesAndWorks(KafkaSettings settings, Task task) throws Exception {
        Topics.prepare(settings, List.of("q"));
        try (var driver = KafkaTasks.open(settings, "q", "job", LedgerRules.DEFAULT, WaitListener.NONE);
             var worker = RunningWorker.start(settings, "a", SampleTasks::outcome)) {
            assertThat(driver.submit(List.of(task)).get(0).get(60, TimeUnit.SECONDS).outcome()).isEqualTo(outcome(task));
        }
    }

    @Test
    void userWithoutTheRightsIsToldWhichAreMissing() throws Exception {
        var settings = settings("mallory", "mallory-secret");
        assertThatThrownBy(() -> Topics.prepare(settings, List.of("q"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must let us use the topics and groups longrope.*").hasMessageNotContaining("secret");
        try (var member = new ShareGroupMember(settings, settings.tasks("q", TaskClass.SCORE), "mallory")) {
            assertThatThrownBy(() -> member.take(Duration.ofSeconds(20))).isInstanceOf(AuthorizationException.class);
        }
    }

    @Test
    void wrongPasswordIsRefusedAtOnce() throws Exception {
        var settings = settings("alice", "wrong-secret");
        assertThatThrownBy(() -> Topics.prepare(settings, List.of("q"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must accept our credentials").hasMessageNotContaining("secret");
    }
}
