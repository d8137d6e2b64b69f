package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.TaskClass;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** What our topics take, how long they keep it, and what is taken off them. */
public final class KafkaStorage implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaStorage.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /** A driver that takes a job over reads the attempts of so long. */
    private static final Duration LEAST = Duration.ofHours(1);
    private static final String NO_JOB = "no-job";

    private final KafkaSettings settings;
    private final Admin admin;

    private KafkaStorage(KafkaSettings settings) {
        this.settings = settings;
        admin = Clients.admin(settings);
    }

    /**
     * What one topic holds.
     *
     * @param what  it holds, for people
     * @param bytes on all brokers together; empty where the cluster does not tell us
     * @param kept  how long; empty = for ever
     */
    public record Part(String what, String topic, OptionalLong bytes, Optional<Duration> kept) {
    }

    /** Opens what {@link Topics#prepare} made ready. */
    public static KafkaStorage open(KafkaSettings settings) {
        return new KafkaStorage(settings);
    }

    /** Every topic of ours. */
    public List<Part> parts(Collection<String> queues) {
        var topics = new LinkedHashMap<String, String>();
        topics.put("results", settings.results());
        topics.put("attempts", settings.attempts());
        topics.put("events", settings.events());
        topics.put("job states", settings.jobStates());
        topics.put("tables", settings.tables());
        topics.put("jobs", settings.jobs());
        topics.put("workers", settings.workers());
        topics.put("withdrawals", settings.withdrawals());
        queues.forEach(queue -> Arrays.stream(TaskClass.values()).map(taskClass -> settings.tasks(queue, taskClass))
                .forEach(topic -> topics.put("tasks of " + topic.substring(settings.prefix().length() + ".tasks.".length()), topic)));
        var bytes = bytes();
        var configs = AdminCalls.get(admin.describeConfigs(topics.values().stream().map(KafkaStorage::resource).toList()).all());
        return topics.entrySet().stream().map(topic -> new Part(topic.getKey(), topic.getValue(),
                bytes.map(sizes -> OptionalLong.of(sizes.getOrDefault(topic.getValue(), 0L))).orElseGet(OptionalLong::empty),
                kept(configs.get(resource(topic.getValue())).get(Topics.CLEANUP),
                        configs.get(resource(topic.getValue())).get(Topics.RETENTION)))).toList();
    }

    /**
     * Lets results go that are older than a time. A job that asks for them again has them computed again.
     *
     * @param time at least an hour; empty = for ever
     */
    public void keepResults(Optional<Duration> time) {
        set(settings.results(), Map.of(Topics.CLEANUP, time.isPresent() ? "compact,delete" : "compact", Topics.RETENTION, millis(time)));
    }

    /** @param time at least an hour; empty = for ever */
    public void keepAttempts(Optional<Duration> time) {
        set(settings.attempts(), Map.of(Topics.RETENTION, millis(time)));
    }

    /** The trainings whose results are kept, by the directories of their checkpoints below the workers' runs root. */
    public Set<String> trainings() {
        var directories = new LinkedHashSet<String>();
        trained((key, trained) -> directories.add(trained.directory()));
        return directories;
    }

    /**
     * Takes results of trainings off, so that whoever asks for one again has it trained again. Other results stay.
     *
     * @param gone tells by its directory whether a checkpoint is to be forgotten
     * @return how many
     */
    public int forgetTrainings(Predicate<String> gone) {
        var keys = new ArrayList<String>();
        trained((key, trained) -> {
            if (gone.test(trained.directory())) {
                keys.add(key);
            }
        });
        if (!keys.isEmpty()) {
            try (var producer = Clients.producer(settings)) {
                keys.forEach(key -> Clients.send(producer, settings.results(), key, null));
            }
        }
        return keys.size();
    }

    /**
     * What time it is by the clock that dates jobs: the broker's, for one's own may be years off. Kafka tells it to who writes, so it
     * is asked by a message without a meaning, the removal of a job that never was.
     */
    public Instant now() {
        try (var producer = Clients.producer(settings)) {
            return Instant.ofEpochMilli(Clients.send(producer, settings.jobStates(), NO_JOB, null).timestamp());
        }
    }

    @Override
    public void close() {
        admin.close(CLOSE);
    }

    private interface Found {

        void training(String key, Outcome.Trained trained);
    }

    private void trained(Found found) {
        var last = new LinkedHashMap<String, Outcome.Trained>();
        TopicTail.readAll(settings, settings.results(), message -> {
            if (message.value() == null) {
                last.remove(TaskMessages.key(message));
            } else {
                TaskMessages.readResult(message, result -> result.outcome().as(Outcome.Trained.class)
                        .ifPresent(trained -> last.put(TaskMessages.key(message), trained)));
            }
        });
        last.forEach(found::training);
    }

    /** Of each topic, copies included; empty where the cluster does not let us look. */
    private Optional<Map<String, Long>> bytes() {
        try {
            var brokers = AdminCalls.get(admin.describeCluster().nodes()).stream().map(Node::id).toList();
            var sizes = new HashMap<String, Long>();
            AdminCalls.get(admin.describeLogDirs(brokers).allDescriptions()).values().forEach(directories -> directories.values()
                    .forEach(directory -> directory.replicaInfos().forEach((partition, replica) ->
                            sizes.merge(partition.topic(), replica.size(), Long::sum))));
            return Optional.of(sizes);
        } catch (KafkaException e) {
            LOG.debug("what topics take is not told: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Duration> kept(ConfigEntry cleanup, ConfigEntry retention) {
        boolean expires = cleanup != null && cleanup.value().contains("delete") && retention != null && !retention.value().startsWith("-");
        return expires ? Optional.of(Duration.ofMillis(Long.parseLong(retention.value()))) : Optional.empty();
    }

    private static String millis(Optional<Duration> time) {
        time.ifPresent(one -> Require.that(one.compareTo(LEAST) >= 0, "retention", "must be at least an hour", one.toSeconds() + " s"));
        return time.map(one -> Long.toString(one.toMillis())).orElse("-1");
    }

    private void set(String topic, Map<String, String> configs) {
        var changes = configs.entrySet().stream()
                .map(config -> new AlterConfigOp(new ConfigEntry(config.getKey(), config.getValue()), AlterConfigOp.OpType.SET)).toList();
        try {
            AdminCalls.get(admin.incrementalAlterConfigs(Map.of(resource(topic), changes)).all());
        } catch (AuthorizationException e) {
            throw new BadInput(new Problem("topic " + topic, "must be ours to configure for a retention to be set", e.getMessage(),
                    "leave the setting out, and have " + configs + " set by who may"), e);
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }
}
