package io.longrope.progressive.cli;

import io.longrope.progressive.bench.KafkaTransport;
import io.longrope.progressive.bench.LostWorker;
import io.longrope.progressive.bench.MemoryTransport;
import io.longrope.progressive.bench.ServiceBench;
import io.longrope.progressive.bench.ServiceTable;
import io.longrope.search.kafka.EmbeddedBroker;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.problem.Require;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** {@code longrope bench service}: how busy the queue keeps workers. */
@Command(name = "service", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures how busy jobs keep workers whose evaluations take a set time, and how soon a killed worker is noticed.",
        footer = {"", "Searches of a formula go through a real queue; workers are threads of this process that sleep. A job asks for a "
        + "generation, waits for",
            "all of it, and asks for the next: with one job alone workers wait for the slowest, with two they need not.",
            "The first and the last generation are not counted. Other work on the machine falsifies all figures.",
            "", "Example: longrope bench service --workers 1,4,16,64 --jobs 1,2"})
final class BenchServiceCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(BenchServiceCommand.class);

    private final Main.Console console;

    @Option(names = "--workers", paramLabel = "N", split = ",", defaultValue = "1,4,16,64",
            description = "Workers on Kafka (default: ${DEFAULT-VALUE}).")
    private List<Integer> workers;

    @Option(names = "--simulated", paramLabel = "N", split = ",", defaultValue = "1000",
            description = "Workers on a queue in memory, for more than a machine has room for (default: ${DEFAULT-VALUE}).")
    private List<Integer> simulated;

    @Option(names = "--jobs", paramLabel = "N", split = ",", defaultValue = "1,2",
            description = "Jobs at once (default: ${DEFAULT-VALUE}).")
    private List<Integer> jobs;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1",
            description = "What an evaluation takes (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--generation", paramLabel = "N",
            description = "Candidates a job asks for at once (default: one per worker, at least 2).")
    private Integer generation;

    @Option(names = "--generations", paramLabel = "N", defaultValue = "12",
            description = "Generations of each job, at least 3 (default: ${DEFAULT-VALUE}).")
    private int generations;

    @Option(names = "--kill", description = "Also kill a worker, and measure until another has its evaluation.")
    private boolean kill;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private FormatOptions format;

    @Mixin
    private LogOptions log;

    BenchServiceCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        Require.that(seconds > 0 && seconds <= 3600, "--seconds", "must be above 0 and at most 3600", seconds);
        Require.atLeast(3, generations, "--generations");
        var given = kafka.settings();
        if (given.isPresent()) {
            print(measure(given.get()));
            return 0;
        }
        var directory = Files.createTempDirectory("longrope-bench");
        try (var broker = EmbeddedBroker.start(directory, 0)) {
            print(measure(KafkaSettings.at(broker.bootstrap())));
        } finally {
            delete(directory);
        }
        return 0;
    }

    private ServiceTable measure(KafkaSettings settings) throws IOException, InterruptedException {
        var rows = new ArrayList<ServiceTable.Row>();
        for (int count : workers) {
            for (int atOnce : jobs) {
                rows.add(row("kafka", count, atOnce, () -> KafkaTransport.open(fresh(settings))));
            }
        }
        for (int count : simulated) {
            for (int atOnce : jobs) {
                rows.add(row("memory", count, atOnce, MemoryTransport::new));
            }
        }
        return new ServiceTable(rows, kill ? Optional.of(LostWorker.noticed(fresh(settings))) : Optional.empty());
    }

    private ServiceTable.Row row(String name, int count, int atOnce, Supplier<ServiceBench.Transport> open) throws InterruptedException {
        int asked = generation == null ? Math.max(2, count) : generation;
        LOG.info("{} workers on {}, {} at once, {} evaluations each", count, name, atOnce == 1 ? "1 job" : atOnce + " jobs",
                asked * generations);
        try (var transport = open.get()) {
            return new ServiceTable.Row(name, ServiceBench.run(new ServiceBench.Load(count, atOnce, asked, generations,
                    Duration.ofMillis(Math.round(1000 * seconds))), transport));
        }
    }

    private void print(ServiceTable table) throws IOException {
        format.print(console, table.table(), table.exactTable(), table.tree());
        table.noticed().ifPresent(time -> LOG.info("a killed worker's evaluation was with another after {} s", time.toMillis() / 1000.0));
    }

    /** No row may meet another's evaluations. */
    private static KafkaSettings fresh(KafkaSettings settings) {
        return settings.withPrefix(settings.prefix() + "-bench-" + UUID.randomUUID());
    }

    private static void delete(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
