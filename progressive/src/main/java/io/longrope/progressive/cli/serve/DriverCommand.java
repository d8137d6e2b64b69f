package io.longrope.progressive.cli.serve;

import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.KafkaOptions;
import io.longrope.progressive.cli.option.LedgerOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.PageOptions;
import io.longrope.progressive.cli.option.RetentionOptions;
import io.longrope.progressive.driver.Cluster;
import io.longrope.progressive.driver.DriverSlots;
import io.longrope.progressive.driver.JobLoop;
import io.longrope.progressive.driver.JobSession;
import io.longrope.progressive.monitor.DriverMetrics;
import io.longrope.search.problem.Require;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** {@code longrope driver}. */
@Command(name = "driver", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Runs submitted jobs, until interrupted.",
        footer = {"", "Each job is run by one driver; when that one ends, another goes on with it to the same result.",
            "It opens no model: whatever needs one the workers do.",
            "", "Example: ${ROOT-COMMAND-NAME} driver --bootstrap kafka:9092 --models /shared/models --runs /shared/runs"})
public final class DriverCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(DriverCommand.class);

    private final Console console;

    @Option(names = "--runs", paramLabel = "DIR", defaultValue = "runs",
            description = "Each job leaves its tables and checkpoints below it; workers that train need it as --runs"
            + " (default: ${DEFAULT-VALUE}).")
    private Path runs;

    @Option(names = "--jobs", paramLabel = "N", defaultValue = "2",
            description = "Jobs run at a time; they share the workers alike. One that waits for a worker is not counted"
            + " (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(names = "--name", paramLabel = "NAME", description = "Tells drivers apart (default: host and process).")
    private String name = Machine.processName("driver");

    @Mixin
    private MetricsOptions metrics;

    @Mixin
    private PageOptions page;

    @Mixin
    private LedgerOptions ledger;

    @Mixin
    private RetentionOptions retention;

    @Option(names = "--models", paramLabel = "DIR", defaultValue = "${sys:longrope.home:-.}/evaluator/models",
            description = "Where the workers' models are, from which a job's model/ is copied (default: the shipped ones).")
    private Path models;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private BrokerWaitOptions brokerWait;

    @Mixin
    private LogOptions log;

    public DriverCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        log.apply(console);
        Require.atLeast(1, jobs, "--jobs");
        brokerWait.await(kafka.required());
        // one bar cannot show several jobs
        Consumer<String> display = jobs == 1 ? console.terminal()::bar : text -> { };
        var slots = new DriverSlots(new DriverSlots.Settings(kafka.required(), kafka.queue(), ledger.rules(), name, jobs));
        var observer = new DriverMetrics(name, slots::unanswered);
        try (var kept = retention.keep(() -> Cluster.at(kafka.required(), kafka.queue(), ledger.rules()), runs);
             var server = metrics.serve(observer);
             var pages = page.serve(console, () -> Cluster.at(kafka.required(), kafka.queue(), ledger.rules()));
             slots) {
            slots.run(places -> new JobLoop(name, new JobSession.Roots(models, runs), Clock.systemUTC(), display, observer, places));
        } catch (InterruptedException e) {
            LOG.info("stopped");
        }
        return Problems.INTERRUPTED;
    }
}
