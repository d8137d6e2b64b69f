package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.progressive.bench.Departure;
import io.longrope.progressive.bench.KafkaTransport;
import io.longrope.progressive.bench.MemoryTransport;
import io.longrope.progressive.bench.ServiceBench;
import io.longrope.progressive.bench.ServiceTable;
import io.longrope.progressive.bench.TaskLength;
import io.longrope.progressive.bench.Transport;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.FormatOptions;
import io.longrope.progressive.cli.option.KafkaOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.kafka.EmbeddedBroker;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** {@code longrope bench service}: how busy the queue keeps workers. */
@Command(name = "service", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures how busy jobs keep workers whose tasks take a set time, and how soon the tasks of workers that are lost are"
        + " with others.",
        footer = {"", "Searches of a formula go through a real queue; workers are threads of this process that sleep. Adaptive and random",
            "are asked ahead, so that one job alone keeps its workers busy; the papers' searches wait for all of a generation before they",
            "ask for the next, and with one job alone workers wait for the slowest.",
            "Counted is the time from the last job's first task to the first job's last task. \"fewest\" is how many tasks the worker with",
            "the fewest did. Workers that leave, die or freeze come beside those counted, take a task each and depart with it: the table",
            "says how many did, and after how long another worker began the task (the median). A frozen one's is free only once its lock",
            "has run out.",
            "Other work on the machine falsifies all figures.",
            "With --search real searches of formulas are run by virtual workers, and no other work falsifies anything. The target is the",
            "loss half of one worker's searches end with at least; time and tokens to it are medians over the seeds. \"tokens\" and",
            "\"speed-up\" are of those of one worker. Batch, ask-ahead and rungs are what `longrope plan --workers N` proposes, unless",
            "--generation and --ask-ahead say otherwise.",
            "", "Example: ${ROOT-COMMAND-NAME} bench service --workers 1,4,16,64 --jobs 1,2",
            "Example: ${ROOT-COMMAND-NAME} bench service --search --workers 1,16,64"})
public final class BenchServiceCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(BenchServiceCommand.class);

    /** While the slowest of tasks of unequal length is awaited, log-normal with sigma 0.5, 1,000 workers do about so many others each. */
    private static final int AHEAD_PER_WORKER = 6;

    private final Console console;

    @Option(names = "--workers", paramLabel = "N", split = ",", defaultValue = "1,4,16,64",
            description = "Workers on Kafka (default: ${DEFAULT-VALUE}).")
    private List<Integer> workers;

    @Option(names = "--simulated", paramLabel = "N", split = ",", defaultValue = "1000",
            description = "Workers on a queue in memory, for more than a machine has room for (default: ${DEFAULT-VALUE}).")
    private List<Integer> simulated;

    @Option(names = "--jobs", paramLabel = "N", split = ",", defaultValue = "1,2",
            description = "Jobs at once (default: ${DEFAULT-VALUE}).")
    private List<Integer> jobs;

    @Option(names = "--algorithm", paramLabel = "NAME", defaultValue = "adaptive",
            description = "What the jobs search with: adaptive, longrope, longrope2, random (default: ${DEFAULT-VALUE}).")
    private String algorithm;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "1",
            description = "What a task takes on average (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--sigma", paramLabel = "SIGMA", defaultValue = "0",
            description = "Tasks of unequal length, log-normal with this deviation of the logarithm, at most 3 (default: "
            + "${DEFAULT-VALUE}).")
    private double sigma;

    @Option(names = "--generation", paramLabel = "N",
            description = "Candidates a job asks for at once (default: one per worker, at least 2).")
    private Integer generation;

    @Option(names = "--ask-ahead", paramLabel = "N",
            description = "Later candidates that may be asked for while the losses of one are awaited (default: " + AHEAD_PER_WORKER
            + " per worker with adaptive and random, 0 with the others, which cannot).")
    private Integer askAhead;

    @Option(names = "--per-worker", paramLabel = "N", defaultValue = "30",
            description = "Tasks for each worker on average, of all jobs together (default: ${DEFAULT-VALUE}).")
    private int perWorker;

    @Option(names = "--warm-up", paramLabel = "N", defaultValue = "5",
            description = "Tasks for each worker of a job before those, which is not counted: until Java has compiled what runs often, a"
            + " task takes it several times as long (default: ${DEFAULT-VALUE}).")
    private int warmUp;

    @Option(names = "--leaving", paramLabel = "N", defaultValue = "0",
            description = "Workers that give their task back (default: ${DEFAULT-VALUE}).")
    private int leaving;

    @Option(names = "--dying", paramLabel = "N", defaultValue = "0",
            description = "Workers that are killed, on Kafka only (default: ${DEFAULT-VALUE}).")
    private int dying;

    @Option(names = "--frozen", paramLabel = "N", defaultValue = "0",
            description = "Workers that stand still, on Kafka only (default: ${DEFAULT-VALUE}).")
    private int frozen;

    @Mixin
    private SearchTimeOptions searches;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private FormatOptions format;

    @Mixin
    private LogOptions log;

    public BenchServiceCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        Require.that(seconds >= 0.001 && seconds <= 3600, "--seconds", "must be 0.001 to 3600", seconds);
        Require.that(sigma >= 0 && sigma <= 3, "--sigma", "must be between 0 and 3", sigma);
        Require.atLeast(1, perWorker, "--per-worker");
        Require.atLeast(0, warmUp, "--warm-up");
        Require.that(!SearchAlgorithms.namedOfOneObjective(algorithm).asksForSlopes(), "--algorithm",
                "must need no gradients: of the formulas searched here none is known", algorithm);
        Require.atLeast(0, leaving, "--leaving");
        Require.atLeast(0, dying, "--dying");
        Require.atLeast(0, frozen, "--frozen");
        if (searches.wanted()) {
            format.print(console, searches.measure(algorithm, workers, Optional.ofNullable(generation), Optional.ofNullable(askAhead),
                    length()));
            return 0;
        }
        var given = kafka.settings();
        if (given.isPresent()) {
            format.print(console, measure(given.get()));
            return 0;
        }
        var directory = Files.createTempDirectory("longrope-bench");
        try (var broker = EmbeddedBroker.start(directory, 0)) {
            format.print(console, measure(KafkaSettings.at(broker.bootstrap())));
        } finally {
            Directories.delete(directory);
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
        return new ServiceTable(rows);
    }

    private ServiceTable.Row row(String name, int count, int atOnce, Supplier<Transport> open) throws InterruptedException {
        try (var transport = open.get()) {
            var load = new ServiceBench.Load(count, atOnce, algorithm, generation == null ? Math.max(2, count) : generation,
                    askAhead == null ? usualAskAhead(count) : askAhead, warmUp, perWorker, length(), departures(transport));
            LOG.info("{} on {}, {} at once, {}", Plural.of(count, "worker"), name, Plural.of(atOnce, "job"),
                    Plural.of(load.tasks(), "task"));
            return new ServiceTable.Row(name, ServiceBench.run(load, transport));
        }
    }

    private TaskLength length() {
        return new TaskLength(Duration.ofNanos(Math.round(1e9 * seconds)), sigma);
    }

    private int usualAskAhead(int workers) {
        return SearchAlgorithms.named(algorithm).asksAhead() ? AHEAD_PER_WORKER * workers : 0;
    }

    /** The kinds in turn, as long as there are some of each; frozen ones first, whose locks take the longest. */
    private List<Departure> departures(Transport transport) {
        var departures = new ArrayList<Departure>();
        for (int turn = 0; turn < Math.max(leaving, Math.max(dying, frozen)); turn++) {
            if (turn < frozen) {
                departures.add(Departure.FREEZES);
            }
            if (turn < dying) {
                departures.add(Departure.DIES);
            }
            if (turn < leaving) {
                departures.add(Departure.LEAVES);
            }
        }
        departures.retainAll(transport.departures());
        return departures;
    }

    /** No row may meet another's evaluations. */
    private static KafkaSettings fresh(KafkaSettings settings) {
        return settings.withPrefix(settings.prefix() + "-bench-" + UUID.randomUUID());
    }
}
