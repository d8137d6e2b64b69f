package io.longrope.progressive.cli.serve;

import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.driver.Cluster;
import io.longrope.search.kafka.EmbeddedBroker;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** {@code longrope broker}. */
@Command(name = "broker", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Serves a single-node Kafka for driver and workers, until interrupted.",
        footer = {"", "It knows no passwords: let it listen where only friends are, or use a Kafka of your own.",
            "", "Example: ${ROOT-COMMAND-NAME} broker --dir broker --host 192.168.1.5 --port 9092"})
public final class BrokerCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerCommand.class);

    private final Console console;

    @Option(names = "--dir", paramLabel = "DIR", defaultValue = "broker", description = "Keeps all messages (default: ${DEFAULT-VALUE}).")
    private Path directory;

    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1",
            description = "The address to listen on, as clients reach it (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "9092", description = "0 = any free one (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--queue", paramLabel = "NAME", defaultValue = Cluster.DEFAULT_QUEUE,
            description = "A queue to make ready (default: ${DEFAULT-VALUE}). May be repeated.")
    private List<String> queues;

    @Option(names = "--topic-prefix", paramLabel = "PREFIX", defaultValue = KafkaSettings.DEFAULT_PREFIX,
            description = "What the names of all topics begin with (default: ${DEFAULT-VALUE}). One broker keeps one copy of each.")
    private String prefix;

    @Mixin
    private LogOptions log;

    public BrokerCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        log.apply(console);
        try (var broker = EmbeddedBroker.start(directory, host, port, Map.of())) {
            Topics.prepare(KafkaSettings.at(broker.bootstrap()).withPrefix(prefix), queues);
            LOG.info("Kafka at {}, state in {}", broker.bootstrap(), directory);
            // until interrupted
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            LOG.info("stopped");
        }
        return Problems.INTERRUPTED;
    }
}
