package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ShareMemberDescription;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The share groups by which each message of a topic goes to exactly one of those who wait. A group is named as its topic.
 *
 * <p>Newer clusters can put a record whose deliveries are used up on a dead-letter topic (errors.deadletterqueue.topic.name of a group).
 * None is asked for: the ledger of a job's run sees which of its deliveries were lost and queues the tasks again or gives them up, and what
 * happened stands in the attempts and in the job's state. A dead letter would tell less, and later.
 */
final class ShareGroups {

    private static final Logger LOG = LoggerFactory.getLogger(ShareGroups.class);

    private static final String RENEWAL = "share.renew.acknowledge.enable";

    private ShareGroups() {
    }

    /**
     * Lets a group that does not exist yet begin with the oldest message. Kafka's default is the newest, decided seconds after the
     * first member joined, which would lose whatever was queued before.
     */
    static void prepare(Admin admin, String topic) {
        if (progress(admin, topic).isPresent()) {
            return;
        }
        beginWithOldest(admin, topic);
        try {
            AdminCalls.retried(() -> AdminCalls.get(admin.alterShareGroupOffsets(topic, Map.of(partition(topic), 0L)).all()));
        } catch (GroupNotEmptyException e) {
            LOG.debug("another process began group {} first", topic);
        }
    }

    /**
     * Whoever works on a record for longer than its lock renews it. From Kafka 4.3 on a group may be forbidden to; a worker would then lose
     * every task longer than a lock. A cluster may deny us to look; then the worker's log tells.
     *
     * @return why it is not known; empty when all groups may
     * @throws BadInput when a group forbids it
     */
    static Optional<String> requireRenewal(Admin admin, KafkaSettings settings, Collection<String> groups) {
        var resources = groups.stream().map(group -> new ConfigResource(ConfigResource.Type.GROUP, group)).toList();
        try {
            var configs = AdminCalls.get(admin.describeConfigs(resources).all());
            var problems = resources.stream()
                    .filter(group -> Optional.ofNullable(configs.get(group).get(RENEWAL)).map(ConfigEntry::value).filter("false"::equals)
                            .isPresent())
                    .map(group -> new Problem("group " + group.name() + " at " + settings.bootstrap(), "must have " + RENEWAL + "=true",
                            "false", "kafka-configs.sh --alter --entity-type groups sets it")).toList();
            if (!problems.isEmpty()) {
                throw new BadInput(problems);
            }
            return Optional.empty();
        } catch (KafkaException e) {
            LOG.debug("whether groups may renew is not told: {}", e.getMessage());
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** How far the group is; empty when it has not begun. */
    static Optional<SharePartitionOffsetInfo> progress(Admin admin, String topic) {
        return AdminCalls.retried(() -> Optional.ofNullable(AdminCalls.get(admin.listShareGroupOffsets(
                Map.of(topic, new ListShareGroupOffsetsSpec().topicPartitions(List.of(partition(topic)))))
                .partitionsToOffsetInfo(topic)).get(partition(topic))));
    }

    /** The names of all members. */
    static Set<String> members(Admin admin, String topic) {
        return AdminCalls.get(admin.describeShareGroups(List.of(topic)).describedGroups().get(topic)).members().stream()
                .map(ShareMemberDescription::clientId).collect(Collectors.toSet());
    }

    /** Also holds should the group's offsets ever be lost. A cluster may deny it to us; then the explicit offset must do. */
    private static void beginWithOldest(Admin admin, String group) {
        var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        var earliest = new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
        try {
            AdminCalls.get(admin.incrementalAlterConfigs(Map.of(resource, List.of(earliest))).all());
        } catch (KafkaException e) {
            LOG.info("group {} keeps the cluster's share.auto.offset.reset: {}", group, e.getMessage());
        }
    }

    private static TopicPartition partition(String topic) {
        return new TopicPartition(topic, 0);
    }
}
