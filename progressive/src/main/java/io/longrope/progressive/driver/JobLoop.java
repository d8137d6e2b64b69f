package io.longrope.progressive.driver;

import io.longrope.search.json.Json;
import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.job.JobSubmission;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.TaskGivenUp;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.WorkerBoard;
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
    private final JobSession.Roots roots;
    private final InstantSource clock;
    private final Consumer<String> display;
    private final JobObserver observer;
    private final DriverPlaces places;
    private volatile boolean stopped;

    /** The driver's end of the queues, for one run of a job. */
    @FunctionalInterface
    public interface TaskSource {

        Tasks open(JobId job, WaitListener listener);
    }

    /**
     * What a loop works with.
     *
     * @param tasks reaches the workers
     * @param board where they tell how far they are
     */
    public record Ends(TaskSource tasks, WorkerBoard board, JobLog log, JobClaims claims) {
    }

    /**
     * @param roots  each job gets a run directory below that of the runs, named by its id
     * @param places that it shares with the driver's other loops
     */
    public JobLoop(String name, JobSession.Roots roots, InstantSource clock, Consumer<String> display, JobObserver observer,
                   DriverPlaces places) {
        this.name = name;
        this.roots = roots;
        this.clock = clock;
        this.display = display;
        this.observer = observer;
        this.places = places;
    }

    /**
     * Until stopped.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    public void run(Ends ends) throws InterruptedException {
        while (!stopped) {
            try (var place = places.take()) {
                var claim = ends.claims.claim(PATIENCE);
                if (claim.isPresent() && stopped) {
                    // another loop of the driver may just have left it
                    claim.get().release();
                } else if (claim.isPresent()) {
                    place.occupy();
                    take(claim.get(), place, ends, new ObservedJobLog(ends.log, observer));
                }
            }
        }
    }

    /** No job is claimed after this. An interrupt ends the one in progress, but libraries a job calls may keep it for themselves. */
    public void stop() {
        stopped = true;
    }

    private void take(JobClaims.Claim claim, DriverPlaces.Place place, Ends ends, ObservedJobLog log) throws InterruptedException {
        var id = claim.submission().id();
        MDC.put(JOB, id.value());
        try (var waits = new Waits(id, log, clock);
             var tasks = ends.tasks.open(id, place.before(waits))) {
            ClaimedJob.run(claim, tasks, log, clock, () -> waits.during(() -> run(claim.submission(), tasks, ends.board, log)));
        } catch (TaskGivenUp e) {
            LOG.error("incomplete: {}", e.getMessage());
        } catch (IOException | RuntimeException e) {
            if (Interrupts.endedWork(e)) {
                // the driver leaves: what breaks meanwhile is no failure of the job, which another driver takes
                throw Interrupts.of(e);
            }
            LOG.error("failed: {}", e.getMessage());
            LOG.debug("failed", e);
            // the session tells of what failed in it
            if (!log.hasFailed(id)) {
                log.publish(JobEvent.failed(id, e, clock.instant()));
            }
        } finally {
            observer.left(id);
            MDC.remove(JOB);
        }
    }

    private void run(JobSubmission submission, Tasks tasks, WorkerBoard board, JobLog log) throws IOException, InterruptedException {
        var plan = plan(submission);
        LOG.info("{}", Plural.of(plan.stages().size(), "stage"));
        try (var directory = open(roots.runs().resolve(submission.id().value()), plan)) {
            new JobSession(plan, roots, directory, board, clock).run(tasks, log, name, display);
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

    private static JobPlan plan(JobSubmission submission) throws IOException {
        var plan = new PlanReader(PlanCheck.UNSEEN).read(Json.mapper().readTree(submission.plan()));
        if (!JobSession.id(plan).equals(submission.id())) {
            throw new BadInput("job " + submission.id(), "must be named after its plan", JobSession.id(plan), "longrope submit does that");
        }
        return plan;
    }
}
