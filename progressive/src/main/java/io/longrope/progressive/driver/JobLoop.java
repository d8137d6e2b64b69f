package io.longrope.progressive.driver;

import io.longrope.evaluator.text.TokenStore;
import io.longrope.search.work.Evaluations;
import io.longrope.search.json.Json;
import io.longrope.progressive.stage.Stage;
import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobLog;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.job.JobSubmission;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.search.problem.BadInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * Claims jobs one after another, oldest first, and runs each to its end. A driver that stops hands its job on; one that
 * dies loses it to another, which continues to the same result. Log lines carry the job they belong to.
 */
public final class JobLoop {

    /** The key of the logging context that names the job. */
    public static final String JOB = "job";

    private static final Logger LOG = LoggerFactory.getLogger(JobLoop.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String name;
    private final LocalFiles files;
    private final Path runs;
    private final TokenStore store;
    private final boolean commandsAllowed;
    private final InstantSource clock;
    private final Consumer<String> display;
    private final JobObserver observer;
    private volatile boolean stopped;

    /**
     * @param runs            each job gets a run directory below it, named by its id; token files lie in {@code tokens}
     * @param commandsAllowed runs the programs that fine-tune stages of submitted plans name: whoever can write to the
     *                        jobs topic can then run anything here
     */
    public JobLoop(String name, LocalFiles files, Path runs, boolean commandsAllowed, InstantSource clock, Consumer<String> display,
                   JobObserver observer) {
        this.name = name;
        this.files = files;
        this.runs = runs;
        // the workers of a cluster find what one of them has tokenized
        this.store = TokenStore.at(runs.resolve("tokens"));
        this.commandsAllowed = commandsAllowed;
        this.clock = clock;
        this.display = display;
        this.observer = observer;
    }

    /**
     * Until stopped.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    public void run(Evaluations evaluations, JobLog log, JobClaims claims) throws InterruptedException {
        while (!stopped) {
            var claim = claims.claim(PATIENCE);
            if (claim.isPresent()) {
                take(claim.get(), evaluations, new ObservedJobLog(log, observer));
            }
        }
    }

    /** No job is claimed after this. An interrupt ends the one in progress, but libraries a job calls may keep it for themselves. */
    public void stop() {
        stopped = true;
    }

    private void take(JobClaims.Claim claim, Evaluations evaluations, ObservedJobLog log) throws InterruptedException {
        var id = claim.submission().id();
        MDC.put(JOB, id.value());
        try {
            ClaimedJob.run(claim, evaluations, log, clock, () -> run(claim.submission(), evaluations, log));
        } catch (IOException | RuntimeException e) {
            LOG.error("failed: {}", e.getMessage());
            LOG.debug("failed", e);
            // the session tells of what failed in it
            if (!log.hasFailed(id)) {
                log.publish(JobEvent.of(id, JobEvent.Kind.FAILED, firstLine(e), clock.instant()));
            }
        } finally {
            observer.left(id);
            MDC.remove(JOB);
        }
    }

    private void run(JobSubmission submission, Evaluations evaluations, JobLog log) throws IOException, InterruptedException {
        var plan = plan(submission);
        LOG.info("{} stages", plan.stages().size());
        try (var directory = open(runs.resolve(submission.id().value()), plan)) {
            new JobSession(plan, files, directory, store, clock).run(evaluations, log, name, display);
            LOG.info("finished, report and tables in {}", directory.path());
        }
    }

    /** The driver that had the job before may not have noticed yet that it lost it. */
    private static RunDirectory open(Path path, JobPlan plan) throws InterruptedException {
        boolean told = false;
        while (true) {
            try {
                return RunDirectory.open(path, plan);
            } catch (BadInput e) {
                if (!DirectoryLock.isWhy(e)) {
                    throw e;
                }
                if (!told) {
                    LOG.info("waits for another process to leave {}", path);
                    told = true;
                }
                Thread.sleep(PATIENCE.toMillis());
            }
        }
    }

    private JobPlan plan(JobSubmission submission) throws IOException {
        var plan = new PlanReader(files).read(Json.mapper().readTree(submission.plan()));
        if (!JobSession.id(plan).equals(submission.id())) {
            throw new BadInput("job " + submission.id(), "must be named after its plan", JobSession.id(plan), "longrope submit does that");
        }
        if (!commandsAllowed) {
            Stage.of(plan).forEach(stage -> stage.command().ifPresent(words -> {
                throw new BadInput("stage " + stage.plan().name(), "must not run a program on this driver", String.join(" ", words),
                        "a driver started with --allow-commands does");
            }));
        }
        return plan;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
