package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Logging;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.driver.ClaimedJob;
import io.longrope.progressive.driver.JobSession;
import io.longrope.progressive.driver.LocalCluster;
import io.longrope.progressive.driver.LocalFiles;
import io.longrope.progressive.driver.OwnClaim;
import io.longrope.progressive.driver.RunDirectory;
import io.longrope.search.job.JobId;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.job.JobState;
import io.longrope.search.kafka.KafkaJobClaims;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;

/** Runs one job in this process and prints what it came to: what {@code run} and {@code demo} share. */
final class JobRun {

    private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);
    private static final String DRIVER = Machine.processName("run");

    private final Main.Console console;
    private final LogOptions logOptions;
    private final JobPlan plan;
    private final LocalFiles files;
    private final JobOptions options;
    private final InstantSource clock = Clock.systemUTC();
    private final JobId id;

    JobRun(Main.Console console, LogOptions logOptions, JobPlan plan, LocalFiles files, JobOptions options) {
        this.console = console;
        this.logOptions = logOptions;
        this.plan = plan;
        this.files = files;
        this.options = options;
        this.id = JobSession.id(plan);
    }

    /** @return the exit code */
    int run() throws Exception {
        // refused here, before there is a broker
        var session = options.session();
        var path = options.runDirectory(plan.name());
        try (var directory = RunDirectory.open(path, plan);
             var logFile = Logging.alsoTo(directory.resolve("log"), logOptions.format());
             var cluster = cluster(directory)) {
            LOG.info("job {} in {} · {} stages · {} workers", id, path, plan.stages().size(), options.workers());
            cluster.startWorkers(options.workers(), options.workerName(), List.of(files.models(), path.toAbsolutePath().getParent()),
                    options.cache().samples(console, files.data()), session, options.place(), clock);
            cluster.log().submit(JobSession.submission(plan, clock));
            return options.kafka().settings().isEmpty() || hasFinished(cluster) ? run(cluster, directory) : claimAndRun(cluster, directory);
        }
    }

    private boolean hasFinished(LocalCluster cluster) {
        return cluster.log().state(id).filter(state -> state.phase() == JobState.Phase.FINISHED).isPresent();
    }

    /** Drivers may be after the job as well. */
    private int claimAndRun(LocalCluster cluster, RunDirectory directory) throws IOException, InterruptedException {
        try (var claims = KafkaJobClaims.open(options.kafka().required(), DRIVER, cluster.log(), clock)) {
            var claim = OwnClaim.of(id, claims, cluster.log());
            if (claim.isPresent()) {
                switch (ClaimedJob.run(claim.get(), cluster.evaluations(), cluster.log(), clock, () -> run(cluster, directory))) {
                    case SETTLED -> {
                        return 0;
                    }
                    case CANCELLED -> {
                        return JobWatch.CANCELLED;
                    }
                    case LOST -> LOG.warn("another driver goes on with it");
                }
            }
        }
        var state = cluster.log().state(id).orElseThrow();
        LOG.info("job {} is run by {}, this follows it", id, state.driver());
        return new JobWatch(cluster.log(), console.out()).followFromNow(state);
    }

    private int run(LocalCluster cluster, RunDirectory directory) throws IOException, InterruptedException {
        var report = new JobSession(plan, files, directory, options.cache().store(console), clock)
                .run(cluster.evaluations(), cluster.log(), DRIVER, console.terminal()::bar);
        console.out().println(report.table().aligned());
        console.out().println();
        console.out().println("Perplexity on held-out text, lower is better. Tables, model and report: " + relative(directory.path()));
        return 0;
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
