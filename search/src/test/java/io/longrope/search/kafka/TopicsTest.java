package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.work.TaskClass;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class TopicsTest {

    @Test
    void preparingAgainChangesNothing() {
        var settings = TestBroker.fresh();
        assertThatCode(() -> Topics.prepare(settings, List.of("q", "another"))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(longs = {-100, 100})
    void noTopicRefusesWhatAClockHoursOffHasDated(long hours) {
        var settings = TestBroker.fresh();
        try (var producer = Clients.producer(settings)) {
            var time = Instant.now().plus(Duration.ofHours(hours));
            for (var topic : Topics.names(settings, List.of("q"))) {
                assertThat(producer.send(new ProducerRecord<>(topic, 0, time.toEpochMilli(), new byte[] {1}, new byte[] {1})))
                        .as(topic).succeedsWithin(Duration.ofSeconds(30))
                        .extracting(RecordMetadata::timestamp, InstanceOfAssertFactories.LONG)
                        .isCloseTo(System.currentTimeMillis(), within(60_000L));
            }
        }
    }

    @Test
    void everythingWrongWithATopicIsNamed() {
        var settings = KafkaSettings.at(TestBroker.bootstrap()).withPrefix("wrong");
        try (var admin = Clients.admin(settings)) {
            AdminCalls.get(admin.createTopics(List.of(
                    new NewTopic("wrong.tasks.q.score", 4, (short) 1),
                    new NewTopic("wrong.results", 1, (short) 1).configs(Map.of("cleanup.policy", "delete")))).all());
        }
        assertThatThrownBy(() -> Topics.prepare(settings, List.of("q"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("topic wrong.tasks.q.score must have 1 partition, but was 4")
                .hasMessageContaining("topic wrong.tasks.q.score must have retention.ms=-1, but was 604800000")
                .hasMessageContaining("topic wrong.results must have cleanup.policy=compact, but was delete");
    }

    @Test
    void moreCopiesThanBrokersAreRefused() {
        var settings = KafkaSettings.at(TestBroker.bootstrap()).withPrefix("copies");
        assertThatThrownBy(() -> Topics.prepare(settings.withReplication(3), List.of("q"))).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("replication must be at most the number of brokers, but was 3, of 1 broker");
        assertThatCode(() -> Topics.prepare(settings.withReplication(1), List.of("q"))).doesNotThrowAnyException();
    }

    @Test
    void silentAddressIsNamed() {
        assertThatThrownBy(() -> Topics.prepare(KafkaSettings.at("nowhere.invalid:9092"), List.of()))
                .isInstanceOf(BadInput.class).hasMessageContaining("Kafka at nowhere.invalid:9092 must be reachable");
    }

    @Test
    @Timeout(20)
    void howLongABrokerIsWaitedForMayBeSet() {
        var settings = KafkaSettings.at("127.0.0.1:1").withMore(Map.of("default.api.timeout.ms", "1000", "request.timeout.ms", "1000"));
        assertThatThrownBy(() -> Topics.prepare(settings, List.of())).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("Kafka at 127.0.0.1:1 must answer, but was silent");
    }

    @Test
    void clusterWithoutRenewalIsRefused() {
        var settings = KafkaSettings.at("cluster:9092");
        for (var features : List.of(Map.<String, FinalizedVersionRange>of(), features(0, 25), features(1, 27), features(0, 29))) {
            assertThatThrownBy(() -> ClusterFeatures.check(features, settings)).isInstanceOf(BadInput.class)
                    .hasMessageStartingWith("Kafka at cluster:9092 must offer share groups with renewal, so be version 4.2 or newer");
        }
        assertThatCode(() -> ClusterFeatures.check(features(1, 29), settings)).doesNotThrowAnyException();
    }

    @Test
    void groupThatForbidsRenewalIsRefused() {
        var settings = TestBroker.fresh();
        var group = new ConfigResource(ConfigResource.Type.GROUP, settings.tasks("q", TaskClass.TRAIN));
        var forbid = new AlterConfigOp(new ConfigEntry("share.renew.acknowledge.enable", "false"), AlterConfigOp.OpType.SET);
        try (var admin = Clients.admin(settings)) {
            AdminCalls.get(admin.incrementalAlterConfigs(Map.of(group, List.of(forbid))).all());
        }
        assertThatThrownBy(() -> Topics.prepare(settings, List.of("q"))).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("group " + group.name() + " at ")
                .hasMessageContaining("must have share.renew.acknowledge.enable=true, but was false");
    }

    private static Map<String, FinalizedVersionRange> features(int share, int metadata) {
        return Map.of("share.version", new FinalizedVersionRange((short) 0, (short) share),
                "metadata.version", new FinalizedVersionRange((short) 1, (short) metadata));
    }
}
