package io.longrope.progressive.cli;

import io.longrope.evaluator.decoder.Decoder;
import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.driver.JobLoop;
import io.longrope.progressive.driver.LocalCluster;
import io.longrope.progressive.driver.LocalFiles;
import io.longrope.search.kafka.KafkaJobClaims;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;

/** {@code longrope driver}. */
@Command(name = "driver", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Runs submitted jobs one after another, until interrupted.",
        footer = {"", "Each job is run by one driver; when that one ends, another goes on with it to the same result.",
            "", "Example: longrope driver --bootstrap kafka:9092 --models /shared/models --data /shared/data --runs /shared/runs"})
final class DriverCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(DriverCommand.class);

    private final Main.Console console;

    @Option(names = "--runs", paramLabel = "DIR", defaultValue = "runs",
            description = "Each job leaves its tables and checkpoints below it; workers need it as a --models (default: ${DEFAULT-VALUE}).")
    private Path runs;

    @Option(names = "--name", paramLabel = "NAME", defaultValue = "driver", description = "Tells drivers apart (default: ${DEFAULT-VALUE}).")
    private String name;

    @Mixin
    private RootOptions roots;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private LogOptions log;

    DriverCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        log.apply(console);
        try (var cluster = LocalCluster.at(kafka.required(), kafka.queue());
             var claims = KafkaJobClaims.open(kafka.required(), name, cluster.log(), Clock.systemUTC())) {
            Decoder.useThreads(1);
            LOG.info("{} waits for jobs on queue {}", name, kafka.queue());
            new JobLoop(name, new LocalFiles(roots.models(), roots.data()), runs.toAbsolutePath(), Clock.systemUTC(), console.terminal()::bar)
                    .run(cluster.evaluations(), cluster.log(), claims);
        } catch (InterruptedException e) {
            LOG.info("stopped");
        }
        return Problems.INTERRUPTED;
    }
}
