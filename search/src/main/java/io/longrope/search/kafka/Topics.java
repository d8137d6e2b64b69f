package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.TaskClass;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Creates our topics or checks those there are. Each has one partition: order matters more than throughput here. */
public final class Topics {

    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

    private static final int SAFE_REPLICATION = 3;
    static final String CLEANUP = "cleanup.policy";
    static final String RETENTION = "retention.ms";
    /**
     * The broker's clock is the one all share: it refuses messages that a clock an hour ahead has dated, and drops those of one that is
     * behind too early. Topics of older builds keep what they have.
     */
    static final String TIMESTAMPS = "message.timestamp.type";
    static final String OF_THE_BROKER = "LogAppendTime";
    /** Brokers that have started may not have told the controller yet. */
    private static final Duration STARTING = Duration.ofSeconds(15);
    private static final long PAUSE_MILLIS = 250;
    private static final Map<String, String> KEPT = Map.of(CLEANUP, "delete", RETENTION, "-1", "retention.bytes", "-1");
    private static final Map<String, String> BRIEF = Map.of(CLEANUP, "delete", RETENTION, "3600000", "segment.ms", "600000");
    private static final Map<String, String> A_DAY = Map.of(CLEANUP, "delete", RETENTION, "86400000", "segment.ms", "14400000");
    private static final Map<String, String> COMPACTED = Map.of(CLEANUP, "compact");
    /** Written often and read by every command: compacted within minutes, where Kafka's default is a week. */
    private static final Map<String, String> COMPACTED_SOON = Map.of(CLEANUP, "compact", "segment.ms", "600000",
            "min.cleanable.dirty.ratio", "0.1");

    private Topics() {
    }

    /**
     * Connects, checks that the cluster can do what we need, and makes every topic and the queues' share groups ready.
     * Any role calls it once before anything else; calling it again changes nothing.
     *
     * @throws BadInput when Kafka does not answer, is too old, has a topic set up so that messages would be lost, or
     *                  forbids renewal
     */
    public static void prepare(KafkaSettings settings, Collection<String> queues) {
        try (var contact = FirstContact.open(settings, queues)) {
            contact.version();
            contact.topics();
            contact.renewal();
        }
    }

    static void make(KafkaSettings settings, Admin admin, Collection<String> queues) {
        var wanted = wanted(settings, queues);
        create(settings, admin, wanted);
        check(settings, admin, wanted);
    }

    /** The names of all, in no order. */
    static Set<String> names(KafkaSettings settings, Collection<String> queues) {
        return wanted(settings, queues).keySet();
    }

    /** The topics each of whose messages goes to one member of a share group, which is named as the topic. */
    static List<String> shared(KafkaSettings settings, Collection<String> queues) {
        return Stream.concat(taskTopics(settings, queues).stream(), Stream.of(settings.jobs())).toList();
    }

    private static Map<String, Map<String, String>> wanted(KafkaSettings settings, Collection<String> queues) {
        var wanted = new LinkedHashMap<String, Map<String, String>>();
        wanted.put(settings.jobs(), KEPT);
        wanted.put(settings.events(), KEPT);
        wanted.put(settings.jobStates(), COMPACTED_SOON);
        wanted.put(settings.tables(), COMPACTED);
        wanted.put(settings.workers(), BRIEF);
        wanted.put(settings.results(), COMPACTED);
        wanted.put(settings.attempts(), A_DAY);
        wanted.put(settings.withdrawals(), A_DAY);
        taskTopics(settings, queues).forEach(topic -> wanted.put(topic, KEPT));
        return wanted;
    }

    private static List<String> taskTopics(KafkaSettings settings, Collection<String> queues) {
        return queues.stream()
                .flatMap(queue -> Arrays.stream(TaskClass.values()).map(taskClass -> settings.tasks(queue, taskClass))).toList();
    }

    private static void create(KafkaSettings settings, Admin admin, Map<String, Map<String, String>> wanted) {
        var existing = AdminCalls.get(admin.listTopics().names());
        var missing = wanted.entrySet().stream().filter(topic -> !existing.contains(topic.getKey()))
                .map(topic -> new NewTopic(topic.getKey(), Optional.of(1), replication(settings))
                .configs(configs(settings, topic.getValue())))
                .toList();
        long end = System.nanoTime() + STARTING.toNanos();
        while (!isCreated(settings, admin, missing, System.nanoTime() < end)) {
            pause();
        }
    }

    /** False while brokers are missing that may come. */
    private static boolean isCreated(KafkaSettings settings, Admin admin, List<NewTopic> missing, boolean mayWait) {
        for (var created : admin.createTopics(missing).values().entrySet()) {
            try {
                AdminCalls.get(created.getValue());
            } catch (TopicExistsException e) {
                LOG.debug("another process made {} first; it is checked next", created.getKey());
            } catch (InvalidReplicationFactorException e) {
                int brokers = AdminCalls.get(admin.describeCluster().nodes()).size();
                if (mayWait && (brokers == 0 || settings.replication() <= brokers)) {
                    LOG.debug("{} cannot be made yet: {}", created.getKey(), e.getMessage());
                    return false;
                }
                throw new BadInput(new Problem("replication", "must be at most the number of brokers",
                        settings.replication() + ", of " + Plural.of(brokers, "broker") + " that can be reached (" + e.getMessage() + ")",
                        "give less, or -1 for the cluster's default, or come again when all brokers run"), e);
            }
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static Optional<Short> replication(KafkaSettings settings) {
        return settings.replication() == -1 ? Optional.empty() : Optional.of((short) settings.replication());
    }

    /** With three copies or more a message counts as stored when two have it. */
    private static Map<String, String> configs(KafkaSettings settings, Map<String, String> wanted) {
        var configs = new HashMap<>(wanted);
        configs.put(TIMESTAMPS, OF_THE_BROKER);
        if (settings.replication() >= SAFE_REPLICATION) {
            configs.put("min.insync.replicas", "2");
        }
        return configs;
    }

    private static void check(KafkaSettings settings, Admin admin, Map<String, Map<String, String>> wanted) {
        var problems = new ArrayList<Problem>();
        var resources = wanted.keySet().stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
        var descriptions = AdminCalls.retried(() -> AdminCalls.get(admin.describeTopics(wanted.keySet()).allTopicNames()));
        var configs = AdminCalls.retried(() -> AdminCalls.get(admin.describeConfigs(resources).all()));
        configs.forEach((resource, config) -> check(settings, descriptions.get(resource.name()), config, wanted.get(resource.name()),
                problems));
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }

    private static void check(KafkaSettings settings, TopicDescription topic, Config config, Map<String, String> wanted,
                              List<Problem> problems) {
        if (topic.partitions().size() != 1) {
            problems.add(new Problem("topic " + topic.name(), "must have 1 partition", String.valueOf(topic.partitions().size()),
                    "delete it so that it is made anew, or use another topic prefix"));
        }
        wanted.forEach((name, value) -> {
            var found = config.get(name) == null ? "unknown" : config.get(name).value();
            if (!value.equals(found) && !isRetention(settings, topic.name(), name, found)) {
                problems.add(new Problem("topic " + topic.name(), "must have " + name + "=" + value, found,
                        "change it with kafka-configs.sh or use another topic prefix"));
            }
        });
    }

    /** What {@link KafkaStorage} may have set. */
    private static boolean isRetention(KafkaSettings settings, String topic, String name, String found) {
        return topic.equals(settings.results()) && name.equals(CLEANUP) && found.contains("compact")
                || topic.equals(settings.attempts()) && name.equals(RETENTION);
    }
}
