package io.longrope.progressive.driver;

import io.longrope.search.evaluation.Evaluations;
import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobPlan;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.job.PlanReader;
import io.longrope.search.internal.Json;
import io.longrope.search.problem.BadInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Claims jobs one after another, oldest first, and runs each to its end. A driver that stops hands its job on; one that
 * dies loses it to another, which continues to the same result.
 */
public final class JobLoop {

    private static final Logger LOG = LoggerFactory.getLogger(JobLoop.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String name;
    private final LocalFiles files;
    private final Path runs;
    private final InstantSource clock;
    private final Consumer<String> display;

    /** @param runs each job gets a run directory below it, named by its id */
    public JobLoop(String name, LocalFiles files, Path runs, InstantSource clock, Consumer<String> display) {
        this.name = name;
        this.files = files;
        this.runs = runs;
        this.clock = clock;
        this.display = display;
    }

    /** @throws InterruptedException when the thread was interrupted: the only end */
    public void run(Evaluations evaluations, JobLog log, JobClaims claims) throws InterruptedException {
        while (true) {
            var claim = claims.claim(PATIENCE);
            if (claim.isPresent()) {
                take(claim.get(), evaluations, log);
            }
        }
    }

    private void take(JobClaims.Claim claim, Evaluations evaluations, JobLog log) throws InterruptedException {
        try {
            take(claim.submission(), evaluations, log);
            claim.finish();
        } catch (InterruptedException e) {
            claim.release();
            throw e;
        }
    }

    private void take(JobSubmission submission, Evaluations evaluations, JobLog log) throws InterruptedException {
        var id = submission.id();
        var cancelled = new AtomicBoolean(log.state(id).filter(state -> state.phase() == JobState.Phase.CANCELLING).isPresent());
        var runner = Thread.currentThread();
        try (var subscription = log.follow(JobLog.From.NOW, event -> {
            if (event.job().equals(id) && event.kind() == JobEvent.Kind.CANCEL_REQUESTED && cancelled.compareAndSet(false, true)) {
                runner.interrupt();
            }
        })) {
            if (!cancelled.get()) {
                run(submission, evaluations, log);
            }
        } catch (InterruptedException e) {
            if (!cancelled.get()) {
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("job {} failed: {}", id, e.getMessage());
            LOG.debug("job {} failed", id, e);
            log.publish(JobEvent.of(id, JobEvent.Kind.FAILED, firstLine(e), clock.instant()));
        }
        if (!cancelled.get()) {
            return;
        }
        // the request may have come when the job had just ended
        Thread.interrupted();
        evaluations.withdrawUnanswered();
        if (log.state(id).filter(state -> !state.phase().isFinal()).isPresent()) {
            LOG.info("job {} cancelled", id);
            log.publish(JobEvent.of(id, JobEvent.Kind.CANCELLED, "", clock.instant()));
        }
    }

    private void run(JobSubmission submission, Evaluations evaluations, JobLog log) throws IOException, InterruptedException {
        var plan = plan(submission);
        LOG.info("job {} · {} stages", submission.id(), plan.stages().size());
        try (var directory = RunDirectory.open(runs.resolve(submission.id().value()), plan)) {
            new JobSession(plan, files, directory, clock).run(evaluations, log, name, display);
        }
    }

    private JobPlan plan(JobSubmission submission) throws IOException {
        var plan = new PlanReader(files).read(Json.mapper().readTree(submission.plan()));
        if (!JobSession.id(plan).equals(submission.id())) {
            throw new BadInput("job " + submission.id(), "must be named after its plan", JobSession.id(plan), "longrope submit does that");
        }
        return plan;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
