package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.driver.Workers;
import io.longrope.progressive.monitor.WorkerMetrics;
import io.longrope.search.kafka.KafkaEvaluationQueue;
import io.longrope.search.kafka.KafkaWorkerBoard;
import io.longrope.search.kafka.Topics;
import io.longrope.search.problem.Require;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code longrope worker}. */
@Command(name = "worker", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Scores evaluations of any job, until interrupted.",
        footer = {"", "Give it the driver's --runs directory as a further --models, where fine-tuned checkpoints are.",
            "On a machine with several GPUs start one for each: --device gpu:0, --device gpu:1, ...",
            "", "Example: longrope worker --bootstrap kafka:9092 --models /shared/models --models /shared/runs --data /shared/data"})
final class WorkerCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerCommand.class);

    private final Main.Console console;

    @Option(names = "--models", paramLabel = "DIR", required = true,
            description = "Checkpoints are opened below it and nowhere else. May be repeated.")
    private List<Path> models;

    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Texts are opened below it and nowhere else.")
    private Path data;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "1",
            description = "Workers in this process; they share the models in memory (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1", description = "CPU threads of each worker; scores are"
            + " the same to the bit among workers of equal thread count (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private MemoryOptions memory;

    @Option(names = "--name", paramLabel = "NAME", description = "A name no other worker has (default: host and process).")
    private String name = Machine.processName("worker");

    @Mixin
    private CacheOptions cache;

    @Mixin
    private MetricsOptions metrics;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private LogOptions log;

    WorkerCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Exception {
        log.apply(console);
        var settings = kafka.required();
        Require.atLeast(1, threads, "--threads");
        var session = memory.session(device.present());
        Topics.prepare(settings, List.of(kafka.queue()));
        try (var running = Workers.start(workers, name, models, cache.samples(console, data), session, threads, Clock.systemUTC(),
                worker -> KafkaEvaluationQueue.open(settings, kafka.queue(), worker));
             var server = metrics.serve(new WorkerMetrics(running.all()))) {
            running.report(KafkaWorkerBoard.open(settings), kafka.queue(), device.place(), Clock.systemUTC());
            LOG.info("{}: {} on {}, on queue {} at {}", name, workers == 1 ? "1 worker" : workers + " workers", session.device(),
                    kafka.queue(), settings.bootstrap());
            running.await();
        } catch (InterruptedException e) {
            LOG.info("stopped");
            return Problems.INTERRUPTED;
        }
        return 0;
    }
}
