package io.longrope.search.kafka;

import java.util.HashMap;
import java.util.Map;

/** Kafka's broker settings for one small, quick and patient node. */
final class BrokerSettings {

    static final int NODE = 1;
    static final String CONTROLLER = "CONTROLLER";

    /** The listener clients connect to. */
    static final String CLIENTS = "CLIENTS";

    private static final Map<String, String> FIXED = Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", String.valueOf(NODE)),
            Map.entry("controller.listener.names", CONTROLLER),
            Map.entry("listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT"),
            Map.entry("inter.broker.listener.name", CLIENTS),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("log." + Topics.TIMESTAMPS, Topics.OF_THE_BROKER),
            // one node: every internal topic has one replica; more would leave share consumers waiting in silence
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "1"),
            // small: the default dedupe buffer alone is 128 MiB of heap
            Map.entry("num.network.threads", "1"),
            Map.entry("num.io.threads", "2"),
            Map.entry("num.replica.fetchers", "1"),
            Map.entry("background.threads", "2"),
            Map.entry("log.cleaner.threads", "1"),
            Map.entry("log.cleaner.dedupe.buffer.size", "4194304"),
            // quick to restart: a crashed node must first be fenced, which takes a whole session timeout
            Map.entry("controller.quorum.election.timeout.ms", "50"),
            Map.entry("controller.quorum.fetch.timeout.ms", "100"),
            Map.entry("broker.session.timeout.ms", "2000"),
            Map.entry("broker.heartbeat.interval.ms", "500"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            // patient: an evaluation may take an hour with thousands of short ones finished behind it
            Map.entry("group.share.max.record.lock.duration.ms", "3600000"),
            Map.entry("group.share.min.record.lock.duration.ms", "1000"),
            Map.entry("group.share.partition.max.record.locks", "10000"),
            Map.entry("group.share.max.partition.max.record.locks", "10000"),
            Map.entry("group.share.delivery.count.limit", "10"),
            // many workers, each served as soon as it joins
            Map.entry("group.share.assignment.interval.ms", "0"),
            Map.entry("group.share.max.size", "1000"),
            Map.entry("group.share.heartbeat.interval.ms", "1000"),
            Map.entry("group.share.min.heartbeat.interval.ms", "1000"));

    private BrokerSettings() {
    }

    static Map<String, Object> of(BrokerDirectory directory, String host, int port, int controllerPort) {
        var settings = new HashMap<String, Object>(FIXED);
        // a static quorum of one, so that the controller's port may differ at each start
        settings.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
        settings.put("listeners", CLIENTS + "://" + host + ":" + port + "," + CONTROLLER + "://127.0.0.1:" + controllerPort);
        settings.put("metadata.log.dir", directory.metadata().toString());
        settings.put("log.dirs", directory.data().toString());
        return settings;
    }
}
