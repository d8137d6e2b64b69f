package io.longrope.search.kafka;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Makes Kafka compact a topic while a test looks. */
final class Compaction {

    private Compaction() {
    }

    /** A broker that cleans as soon as anything can be. */
    static EmbeddedBroker broker(Path directory) {
        return EmbeddedBroker.start(directory, "127.0.0.1", 0, Map.of("log.cleaner.backoff.ms", "100"));
    }

    static void beEager(KafkaSettings settings, String topic) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var configs = Map.of("segment.ms", "200", "min.cleanable.dirty.ratio", "0.0", "delete.retention.ms", "0", "min.compaction.lag.ms",
                "0");
        try (var admin = Clients.admin(settings)) {
            AdminCalls.get(admin.incrementalAlterConfigs(Map.of(resource, configs.entrySet().stream()
                    .map(config -> new AlterConfigOp(new ConfigEntry(config.getKey(), config.getValue()), AlterConfigOp.OpType.SET))
                    .toList())).all());
        }
    }

    /** @param publish writes something more: the newest segment is never cleaned */
    static void await(Runnable publish, BooleanSupplier isCompacted) throws InterruptedException {
        for (int tries = 0; tries < 200; tries++) {
            publish.run();
            Thread.sleep(400);
            if (isCompacted.getAsBoolean()) {
                return;
            }
        }
        throw new AssertionError("Kafka did not compact");
    }
}
