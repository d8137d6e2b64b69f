package io.longrope.progressive.cli.option;

import io.longrope.progressive.driver.Cluster;
import io.longrope.search.job.JobLog;
import io.longrope.search.kafka.KafkaJobLog;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.Topics;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Program;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which Kafka, and which part of it. */
public final class KafkaOptions {

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT",
            description = "The Kafka to use, version 4.2 or newer; ${ROOT-COMMAND-NAME} broker starts one.")
    private String bootstrap;

    @Option(names = "--queue", paramLabel = "NAME", defaultValue = Cluster.DEFAULT_QUEUE,
            description = "The queue between driver and workers (default: ${DEFAULT-VALUE}).")
    private String queue;

    @Option(names = "--topic-prefix", paramLabel = "PREFIX", defaultValue = KafkaSettings.DEFAULT_PREFIX,
            description = "What the names of all topics begin with (default: ${DEFAULT-VALUE}).")
    private String prefix;

    @Option(names = "--replication", paramLabel = "N", defaultValue = "-1",
            description = "Copies of each topic that is created here; -1 leaves it to the cluster (default: ${DEFAULT-VALUE}).")
    private int replication;

    @Option(names = "--command-config", paramLabel = "FILE",
            description = "Settings of the Kafka client, for TLS or SASL: a properties file as"
            + " Kafka's own tools take.")
    private Path commandConfig;

    @Option(names = "--kafka", paramLabel = "KEY=VALUE",
            description = "One more setting of the Kafka client. May be repeated. Passwords belong into the file.")
    private Map<String, String> client = Map.of();

    /** Empty without --bootstrap. */
    public Optional<KafkaSettings> settings() {
        return Optional.ofNullable(bootstrap).map(address -> {
            var settings = KafkaSettings.at(address).withPrefix(prefix).withReplication(replication);
            return (commandConfig == null ? settings : settings.withCommandConfig(commandConfig)).withMore(client);
        });
    }

    public KafkaSettings required() {
        return settings().orElseThrow(() ->
                new BadInput("--bootstrap", "must be given", "missing", Program.command(List.of("broker"))
                        + " starts a Kafka at localhost:9092"));
    }

    /** The job log of a Kafka that must be given. */
    public JobLog jobLog() {
        var settings = required();
        Topics.prepare(settings, List.of(queue));
        return KafkaJobLog.open(settings);
    }

    /**
     * A command for the same Kafka, to paste: with what was said of it here, but for what only holds while topics are created.
     *
     * @param words of the command, such as watch and a job
     */
    public String command(String... words) {
        var all = new ArrayList<>(List.of(words));
        add(all, "--bootstrap", Optional.ofNullable(bootstrap));
        add(all, "--queue", Optional.of(queue).filter(name -> !name.equals(Cluster.DEFAULT_QUEUE)));
        add(all, "--topic-prefix", Optional.of(prefix).filter(name -> !name.equals(KafkaSettings.DEFAULT_PREFIX)));
        add(all, "--command-config", Optional.ofNullable(commandConfig).map(Path::toString));
        new TreeMap<>(client).forEach((key, value) -> add(all, "--kafka", Optional.of(key + "=" + value)));
        var command = Program.command(all);
        return settings().map(settings -> settings.withoutSecrets(command)).orElse(command);
    }

    /** A command that starts a worker for the same queue, to paste once its directories are filled in. */
    public String workerCommand() {
        return command("worker", "--models", "DIR", "--data", "DIR", "--runs", "DIR");
    }

    private static void add(List<String> words, String option, Optional<String> value) {
        value.ifPresent(text -> words.addAll(List.of(option, text)));
    }

    public String queue() {
        return queue;
    }
}
