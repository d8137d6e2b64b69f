package io.longrope.progressive.driver;

import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.report.Environment;
import io.longrope.progressive.report.PassCost;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.report.RunReport;
import io.longrope.progressive.stage.EvaluatorModel;
import io.longrope.progressive.stage.Findings;
import io.longrope.progressive.stage.Retrievals;
import io.longrope.progressive.stage.Scoring;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.progressive.stage.Trainings;
import io.longrope.search.job.FoundTable;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.table.FactorTable;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.TaskGivenUp;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.TextReference;
import io.longrope.search.work.WorkerBoard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One job: its plan and run directory brought together with workers, wherever those are. Whatever needs a model, a text or a device is
 * asked of them; this process opens none.
 */
public final class JobSession {

    private static final Logger LOG = LoggerFactory.getLogger(JobSession.class);
    private static final int FINGERPRINT_DIGITS = 8;
    private static final Duration SILENT = Duration.ofSeconds(30);

    private final JobPlan plan;
    private final Roots roots;
    private final RunDirectory directory;
    private final WorkerBoard board;
    private final InstantSource clock;

    /**
     * Where this process sees what workers see.
     *
     * @param models root of checkpoints, from which the final model is copied
     * @param runs   root of what jobs write, which holds the run directory or is it
     */
    public record Roots(Path models, Path runs) {

        public Roots {
            models = models.toAbsolutePath().normalize();
            runs = runs.toAbsolutePath().normalize();
        }
    }

    /** @param board where workers tell how far they are */
    public JobSession(JobPlan plan, Roots roots, RunDirectory directory, WorkerBoard board, InstantSource clock) {
        this.plan = plan;
        this.roots = roots;
        this.directory = directory;
        this.board = board;
        this.clock = clock;
    }

    /** Equal plans are the same job: its name and the beginning of its fingerprint. */
    public static JobId id(JobPlan plan) {
        var name = plan.name().replace('.', '-');
        int longest = 64 - FINGERPRINT_DIGITS - 1;
        return new JobId((name.length() <= longest ? name : name.substring(0, longest)) + "-" + plan.fingerprint()
                .substring(0, FINGERPRINT_DIGITS));
    }

    /** What asks a driver to run a plan. */
    public static JobSubmission submission(JobPlan plan, InstantSource clock) {
        return new JobSubmission(id(plan), Json.write(plan), clock.instant());
    }

    /**
     * Runs the job to its end, or on from where it stopped.
     *
     * @param driver  the name events carry
     * @param display shows a bar
     * @throws BadInput             with everything that keeps the plan from running to its end, before any of it runs
     * @throws TaskGivenUp          when a task was given up; submitted again the job goes on
     * @throws InterruptedException when the thread was interrupted; running it again goes on
     */
    public PerplexityReport run(Tasks tasks, JobLog log, String driver, Consumer<String> display) throws IOException, InterruptedException {
        try (var history = HistoryWriter.open(directory.path(), id(plan), clock)) {
            var deviceTime = DeviceTime.of(id(plan), log, tasks);
            var reporter = new JobReporter(id(plan), event -> {
                var timed = deviceTime.on(event);
                log.publish(timed);
                history.add(timed);
            }, clock, display);
            Environment.here().write(directory.path());
            reporter.started(driver);
            return run(tasks, history.beside(reporter), reporter,
                    (name, table) -> keep(log, reporter, new FoundTable(id(plan), name, table)));
        }
    }

    private PerplexityReport run(Tasks tasks, Scoring.ScoreListener results, JobReporter reporter, BiConsumer<String, FactorTable> tables)
            throws IOException, InterruptedException {
        try {
            var context = context(tasks, results, reporter);
            var report = new JobRunner(context, directory, tables).run();
            reporter.finished("report and tables in " + directory.path());
            draw();
            return report;
        } catch (IOException | RuntimeException e) {
            if (Interrupts.endedWork(e)) {
                throw Interrupts.of(e);
            }
            if (e instanceof TaskGivenUp) {
                tasks.withdrawUnanswered();
                reporter.incomplete(e.getMessage());
            } else {
                reporter.failed(e);
            }
            throw e;
        }
    }

    private StageContext context(Tasks tasks, Scoring.ScoreListener results, JobReporter reporter) throws IOException {
        var inspection = new Inspection(new TaskInspector(tasks, results), this::devices);
        var problems = inspection.problems(plan);
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        inspection.streamed(plan).forEach(reporter::remark);
        if (plan.trains()) {
            requireSharedFiles(inspection);
        } else {
            requireModel();
        }
        var model = inspection.model(plan);
        var reference = new ModelReference(plan.model(), inspection.fingerprint(plan.model()),
                plan.startToken().named());
        var base = new StageModel(plan.model(), reference, roots.models.resolve(plan.model()));
        var arithmetic = new Arithmetic(plan.precision().orElse(model.precision()), Arithmetic.USUAL_CHUNK, plan.threads(),
                !plan.reproducible());
        var samples = new InspectedSamples(inspection, plan.model(), plan.data().evaluation(), plan.seed(),
                plan.startToken().named());
        var config = inspection.config(plan.model());
        var geometry = plan.geometry(config.rope());
        var trainings = new Trainings(tasks, board, roots.runs, plan.data().training().map(text -> reference(inspection, text)),
                reference(inspection, plan.data().evaluation()));
        return new StageContext(plan, geometry, config.layers(), config.candidate(geometry.originalLength()),
                new PassCost(config)::operations, arithmetic,
                new Scoring(tasks, samples, arithmetic, plan.givenUp(), results),
                new Findings(base), trainings, new Retrievals(tasks, arithmetic, results),
                path -> new EvaluatorModel(new ModelReference(path, inspection.fingerprint(path)), inspection.config(path)),
                new BestSoFar(reporter, plan, geometry, directory));
    }

    /** Of the workers that are there now. */
    private List<DeviceFacts> devices() {
        var now = clock.instant();
        return board.workers().stream().filter(worker -> !worker.isSilent(now, SILENT))
                .map(worker -> new DeviceFacts(worker.worker(), worker.device(), "",
                        worker.memoryTotal() == 0 ? OptionalLong.empty() : OptionalLong.of(worker.memoryTotal()))).toList();
    }

    private TextReference reference(Inspection inspection, String text) {
        return new TextReference(text, inspection.text(plan.model(), text).fingerprint());
    }

    /** The job ends with the model it began with: were that missed at its end only, all its searches would be over by then. */
    private void requireModel() {
        var model = roots.models.resolve(plan.model());
        Require.that(Files.exists(model), "the driver's --models", "must hold the model, of which the run directory gets a copy",
                model + ", missing", "give the driver the directory that the workers have");
    }

    /** What workers train is to be found here. */
    private void requireSharedFiles(Inspection inspection) throws IOException {
        var name = "probe-" + UUID.randomUUID();
        var probe = directory.resolve(name);
        directory.write(name, name);
        try {
            var path = roots.runs.relativize(probe.toAbsolutePath().normalize()).toString().replace('\\', '/');
            if (!inspection.isShared(new InspectTask.SharedFile(path, name + "\n"))) {
                throw new BadInput("--runs", "must be one directory for driver and workers, where stages train",
                        "a worker that does not see what is written to " + roots.runs + " here",
                        "give all of them the same directory of a shared file system");
            }
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** One too large for the log is in the run directory all the same. */
    private static void keep(JobLog log, JobReporter reporter, FoundTable table) {
        try {
            log.keep(table);
        } catch (BadInput e) {
            reporter.note("", "table " + table.name() + " is in the run directory only: " + e.getMessage());
        }
    }

    /** Pictures are for people: a machine that cannot draw them has done the job all the same. */
    private void draw() {
        try {
            RunReport.read(directory.path()).write(directory.path());
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} was not written: {}", RunReport.FILE, e.getMessage());
            LOG.debug("{} was not written", RunReport.FILE, e);
        }
    }
}
