package io.longrope.progressive.cli.serve;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.evaluator.worker.Roots;
import io.longrope.evaluator.worker.SampleBook;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.cli.option.CacheOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.DeviceOptions;
import io.longrope.progressive.cli.option.KafkaOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.progressive.cli.option.Times;
import io.longrope.progressive.local.Workers;
import io.longrope.progressive.monitor.WorkerMetrics;
import io.longrope.progressive.storage.Sweeper;
import io.longrope.search.kafka.Topics;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.TaskClass;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** {@code longrope worker}. */
@Command(name = "worker", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Does whatever jobs need a model for: scores, answers, training. Until interrupted.",
        footer = {"", "Workers that train need the driver's --runs directory, and those that score what others trained.",
            "On a machine with several GPUs start one for each: --device gpu:0, --device gpu:1, ...",
            "", "Example: ${ROOT-COMMAND-NAME} worker --bootstrap kafka:9092 --models /shared/models --data /shared/data --runs "
            + "/shared/runs"})
public final class WorkerCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);

    private static final String KEEP_TOKENS = "--keep-tokens";

    private final Console console;

    @Option(names = "--models", paramLabel = "DIR", required = true,
            description = "Checkpoints are opened below it and nowhere else. May be repeated.")
    private List<Path> models;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Texts are opened below it and nowhere else.")
    private Path data;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "1",
            description = "Workers in this process; they share the models in memory (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--runs", paramLabel = "DIR",
            description = "What jobs write, the only directory this worker writes to, and where the checkpoints of their fine-tunes are"
            + " (default: none; then it does not train).")
    private Path runs;

    @Option(names = "--no-training", description = "Take no training, which may last for hours.")
    private boolean untraining;

    @Option(names = "--allow-commands",
            description = "Run the programs that fine-tune stages name; whoever can submit a plan can then run anything here.")
    private boolean commandsAllowed;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private MemoryOptions memory;

    @Option(names = "--name", paramLabel = "NAME",
            description = "What tells it from others; two of one name get on too (default: host and process).")
    private String name = Machine.processName("worker");

    @Mixin
    private CacheOptions cache;

    @Option(names = KEEP_TOKENS, paramLabel = "TIME", description = "Remove token files that were not opened for so long, e.g. 30d; they "
            + "are made anew when they are needed (default: keep them).")
    private String keepTokens;

    @Mixin
    private MetricsOptions metrics;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private BrokerWaitOptions brokerWait;

    @Mixin
    private LogOptions log;

    public WorkerCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        log.apply(console);
        var settings = kafka.required();
        var places = device.places();
        brokerWait.await(settings);
        Topics.prepare(settings, List.of(kafka.queue()));
        var roots = roots();
        var store = cache.store(console, runs);
        var samples = new SampleBook(Root.of(data, "--data"), store);
        var atPlaces = places.stream().map(place -> new Workers.Setting(places.size() == 1 ? name
                : name + "-" + Device.describe(place).replace(":", ""), roots, samples, memory.session(place), DeviceOptions.place(place),
                commandsAllowed, false)).toList();
        var classes = runs == null || untraining ? EnumSet.of(TaskClass.SCORE) : EnumSet.allOf(TaskClass.class);
        try (var swept = sweeper(store);
             var running = Workers.start(workers, atPlaces, classes, settings, kafka.queue(), Clock.systemUTC());
             var server = metrics.serve(new WorkerMetrics(running.all()))) {
            LOG.info("{}: {} on {}, on queue {} at {}", name, Plural.of(workers * places.size(), "worker"),
                    places.stream().map(Device::describe).collect(Collectors.joining(" and ")), kafka.queue(), settings.bootstrap());
            running.await();
        } catch (InterruptedException e) {
            LOG.info("stopped");
            return Problems.INTERRUPTED;
        }
        return 0;
    }

    private AutoCloseable sweeper(TokenStore store) {
        if (keepTokens == null) {
            return () -> { };
        }
        var time = Times.parse(KEEP_TOKENS, keepTokens);
        return Sweeper.hourly(() -> store.removeUnused(time));
    }

    private Roots roots() {
        return new Roots(models.stream().map(directory -> Root.of(directory, "--models")).toList(), Root.of(data, "--data"),
                Optional.ofNullable(runs).map(directory -> Root.of(directory, "--runs")));
    }
}
