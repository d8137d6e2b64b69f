package io.longrope.progressive.cli;

import io.longrope.evaluator.decoder.Decoder;
import io.longrope.progressive.cli.internal.Logging;
import io.longrope.progressive.driver.JobSession;
import io.longrope.progressive.driver.LocalCluster;
import io.longrope.progressive.driver.LocalFiles;
import io.longrope.progressive.driver.RunDirectory;
import io.longrope.search.job.JobPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** Runs one job in this process and prints what it came to: what {@code run} and {@code demo} share. */
final class JobRun {

    private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);

    private final Main.Console console;
    private final LogOptions logOptions;
    private final JobPlan plan;
    private final LocalFiles files;
    private final JobOptions options;

    JobRun(Main.Console console, LogOptions logOptions, JobPlan plan, LocalFiles files, JobOptions options) {
        this.console = console;
        this.logOptions = logOptions;
        this.plan = plan;
        this.files = files;
        this.options = options;
    }

    void run() throws Exception {
        var clock = Clock.systemUTC();
        var device = options.device();
        var path = options.runDirectory(plan.name());
        try (var directory = RunDirectory.open(path, plan);
             var logFile = Logging.alsoTo(directory.resolve("log"), logOptions.format());
             var cluster = cluster(directory)) {
            Decoder.useThreads(1);
            LOG.info("job {} in {} · {} stages · {} workers", JobSession.id(plan), path, plan.stages().size(), options.workers());
            cluster.startWorkers(options.workers(), "worker", List.of(files.models(), path.toAbsolutePath().getParent()), files.data(), device, clock);
            cluster.log().submit(JobSession.submission(plan, clock));
            var report = new JobSession(plan, files, directory, clock)
                    .run(cluster.evaluations(), cluster.log(), "driver", console.terminal()::bar);
            console.out().println(report.table().aligned());
            console.out().println();
            console.out().println("Perplexity on held-out text, lower is better. Tables, model and report: " + relative(path));
        }
    }

    private LocalCluster cluster(RunDirectory directory) {
        return options.kafka().settings()
                .map(settings -> LocalCluster.at(settings, options.kafka().queue()))
                .orElseGet(() -> LocalCluster.embedded(directory.resolve("broker")));
    }

    private static Path relative(Path path) {
        var here = Path.of("").toAbsolutePath();
        var absolute = path.toAbsolutePath().normalize();
        return absolute.startsWith(here) ? here.relativize(absolute) : absolute;
    }
}
