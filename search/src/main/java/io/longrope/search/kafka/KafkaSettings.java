package io.longrope.search.kafka;

import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.work.TaskClass;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where Kafka is and which part of it is ours.
 *
 * @param bootstrap   one or more host:port, separated by commas
 * @param prefix      what the names of all topics and groups begin with
 * @param replication copies of each topic created; -1 leaves it to the cluster
 * @param client      further Kafka client settings (TLS, SASL, …); they win over ours, and are never printed
 */
public record KafkaSettings(String bootstrap, String prefix, int replication, Map<String, String> client) {

    public static final String DEFAULT_PREFIX = "longrope";

    private static final Pattern PREFIX = Pattern.compile("[a-zA-Z0-9._-]{1,100}");

    private static final Pattern SECRET = Pattern.compile("password|secret|jaas|token|\\.key$|credential", Pattern.CASE_INSENSITIVE);
    private static final Pattern WORDS = Pattern.compile("[\\s\"'=;]+");

    public KafkaSettings {
        Require.notBlank(bootstrap, "bootstrap");
        Require.that(prefix != null && PREFIX.matcher(prefix).matches(), "topic prefix",
                "must be 1 to 100 letters, digits, dots, underscores and hyphens", prefix);
        Require.that(replication == -1 || replication >= 1, "replication", "must be at least 1, or -1 for the cluster's default",
                replication);
        client = Map.copyOf(client);
    }

    /** The default prefix, the cluster's replication, no security. */
    public static KafkaSettings at(String bootstrap) {
        return new KafkaSettings(bootstrap, DEFAULT_PREFIX, -1, Map.of());
    }

    public KafkaSettings withPrefix(String prefix) {
        return new KafkaSettings(bootstrap, prefix, replication, client);
    }

    public KafkaSettings withReplication(int replication) {
        return new KafkaSettings(bootstrap, prefix, replication, client);
    }

    public KafkaSettings withClient(Map<String, String> client) {
        return new KafkaSettings(bootstrap, prefix, replication, client);
    }

    /**
     * With the client settings of a file such as Kafka's own tools take: {@code security.protocol=SASL_SSL} and so on.
     *
     * @throws io.longrope.search.problem.BadInput when it cannot be read or sets what this program must set itself
     */
    public KafkaSettings withCommandConfig(Path file) {
        return withClient(CommandConfig.read(file));
    }

    /**
     * With further client settings, which win over those there are.
     *
     * @throws io.longrope.search.problem.BadInput when one of them is what this program must set itself
     */
    public KafkaSettings withMore(Map<String, String> settings) {
        CommandConfig.requireTheirs(settings.keySet(), "Kafka settings", "leave it out");
        var all = new HashMap<>(client);
        all.putAll(settings);
        return withClient(all);
    }

    String jobs() {
        return prefix + ".jobs";
    }

    String events() {
        return prefix + ".events";
    }

    /** The newest state of each job. */
    String jobStates() {
        return prefix + ".job-states";
    }

    String tables() {
        return prefix + ".tables";
    }

    String workers() {
        return prefix + ".workers";
    }

    /** Of every task, each in a message of its own. */
    String results() {
        return prefix + ".results";
    }

    String attempts() {
        return prefix + ".attempts";
    }

    String withdrawals() {
        return prefix + ".withdrawals";
    }

    /** Also the name of the share group of its workers. */
    String tasks(String queue, TaskClass taskClass) {
        return prefix + ".tasks." + queue + "." + taskClass.name().toLowerCase(Locale.ROOT);
    }

    /** A message of Kafka's, which may quote a setting, with every word of those that hold secrets blotted out. */
    public String withoutSecrets(String message) {
        var words = client.entrySet().stream().filter(setting -> SECRET.matcher(setting.getKey()).find())
                .flatMap(setting -> WORDS.splitAsStream(setting.getValue())).filter(word -> !word.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed()).toList();
        var safe = message;
        for (var word : words) {
            safe = safe.replace(word, "***");
        }
        return safe;
    }

    @Override
    public String toString() {
        return bootstrap + " (prefix " + prefix + ", " + Plural.of(client.size(), "client setting") + ")";
    }
}
