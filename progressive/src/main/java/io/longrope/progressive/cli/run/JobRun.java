package io.longrope.progressive.cli.run;

import io.longrope.evaluator.session.ModelSession;
import io.longrope.progressive.cli.internal.Logging;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.driver.ClaimedJob;
import io.longrope.progressive.driver.Cluster;
import io.longrope.progressive.driver.JobSession;
import io.longrope.progressive.driver.OwnClaim;
import io.longrope.progressive.driver.RunDirectory;
import io.longrope.progressive.driver.Waits;
import io.longrope.progressive.local.LocalFiles;
import io.longrope.progressive.local.Workers;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.kafka.KafkaJobClaims;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Tasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.EnumSet;

/** Runs one job in this process and prints what it came to: what {@code run} and {@code demo} share. */
final class JobRun {

    private static final Logger LOG = LoggerFactory.getLogger(JobRun.class);
    private static final String DRIVER = Machine.processName("run");

    private final Console console;
    private final LogOptions logOptions;
    private final JobPlan plan;
    private final LocalFiles files;
    private final JobOptions options;
    private final ModelSession session;
    private final InstantSource clock = Clock.systemUTC();
    private final JobId id;

    /** @param session of the workers, who close it */
    JobRun(Console console, LogOptions logOptions, JobPlan plan, LocalFiles files, JobOptions options, ModelSession session) {
        this.console = console;
        this.session = session;
        this.logOptions = logOptions;
        this.plan = plan;
        this.files = files;
        this.options = options;
        this.id = JobSession.id(plan);
    }

    /** @return the exit code */
    int run() throws Exception {
        var path = options.runDirectory(plan.name());
        try (var directory = RunDirectory.open(path, plan);
             var logFile = Logging.alsoTo(directory.resolve("log"), logOptions.format());
             var cluster = cluster(directory);
             var page = options.page().serve(console, cluster);
             var workers = Workers.start(options.workers(), options.workers(console, files, options.runs(path), session),
                     EnumSet.allOf(TaskClass.class), cluster.settings(), cluster.queue(), clock)) {
            LOG.info("job {} in {} · {} · {}", id, path, Plural.of(plan.stages().size(), "stage"), Plural.of(options.workers(), "worker"));
            cluster.log().submit(JobSession.submission(plan, clock));
            try (var waits = new Waits(id, cluster.log(), clock);
                 var tasks = cluster.tasks(id, waits)) {
                ClaimedJob.Work work = () -> waits.during(() -> run(cluster, tasks, directory));
                if (options.kafka().settings().isEmpty() || hasFinished(cluster)) {
                    work.run();
                    return 0;
                }
                return claimAndRun(cluster, tasks, work);
            }
        }
    }

    private boolean hasFinished(Cluster cluster) {
        return cluster.log().state(id).filter(state -> state.phase() == JobState.Phase.FINISHED).isPresent();
    }

    /** Drivers may be after the job as well. */
    private int claimAndRun(Cluster cluster, Tasks tasks, ClaimedJob.Work work) throws IOException, InterruptedException {
        try (var claims = KafkaJobClaims.open(options.kafka().required(), DRIVER, cluster.log(), clock)) {
            var claim = OwnClaim.of(id, claims, cluster.log());
            if (claim.isPresent()) {
                switch (ClaimedJob.run(claim.get(), tasks, cluster.log(), clock, work)) {
                    case SETTLED -> {
                        return 0;
                    }
                    case CANCELLED, PAUSED -> {
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

    private void run(Cluster cluster, Tasks tasks, RunDirectory directory) throws IOException, InterruptedException {
        var roots = new JobSession.Roots(files.models(), options.runs(directory.path()));
        var report = new JobSession(plan, roots, directory, cluster.board(), clock)
                .run(tasks, cluster.log(), DRIVER, console.terminal()::bar);
        console.out().println(report.table().aligned());
        console.out().println();
        report.remarks().forEach(console.out()::println);
        console.out().println("Perplexity on held-out text, lower is better. Tables, model and report: " + relative(directory.path()));
    }

    private Cluster cluster(RunDirectory directory) {
        return options.kafka().settings()
                .map(settings -> Cluster.at(settings, options.kafka().queue(), options.rules()))
                .orElseGet(() -> Cluster.embedded(directory.resolve("broker"), options.rules()));
    }

    private static Path relative(Path path) {
        var here = Path.of("").toAbsolutePath();
        var absolute = path.toAbsolutePath().normalize();
        return absolute.startsWith(here) ? here.relativize(absolute) : absolute;
    }
}
