package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.progressive.report.Environment;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.report.RunReport;
import io.longrope.progressive.stage.Findings;
import io.longrope.progressive.stage.Scoring;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.work.Evaluations;
import io.longrope.search.work.ModelReference;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.job.JobTable;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.FactorTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** One job on this machine: its plan, files and run directory brought together with workers, wherever those are. */
public final class JobSession {

    private static final Logger LOG = LoggerFactory.getLogger(JobSession.class);
    private static final int FINGERPRINT_DIGITS = 8;

    private final JobPlan plan;
    private final LocalFiles files;
    private final RunDirectory directory;
    private final TokenStore store;
    private final InstantSource clock;

    /** @param store where token files of the texts lie */
    public JobSession(JobPlan plan, LocalFiles files, RunDirectory directory, TokenStore store, InstantSource clock) {
        this.plan = plan;
        this.files = files;
        this.directory = directory;
        this.store = store;
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
     * @throws InterruptedException when the thread was interrupted; running it again goes on
     */
    public PerplexityReport run(Evaluations evaluations, JobLog log, String driver, Consumer<String> display)
            throws IOException, InterruptedException {
        var checkpoint = files.checkpoint(plan.model());
        try (var history = HistoryWriter.open(directory.path(), id(plan), clock)) {
            var reporter = new JobReporter(id(plan), event -> {
                log.publish(event);
                history.add(event);
            }, clock, display);
            Environment.here().write(directory.path());
            return run(checkpoint, evaluations, history, reporter, driver,
                    (name, table) -> keep(log, reporter, new JobTable(id(plan), name, table)));
        }
    }

    private PerplexityReport run(Checkpoint checkpoint, Evaluations evaluations, HistoryWriter history, JobReporter reporter, String driver,
                                 BiConsumer<String, FactorTable> tables) throws IOException, InterruptedException {
        var data = Root.of(files.data(), "--data");
        try (var samples = new LocalSamples(checkpoint, new SampleSets(data, store), plan.data().evaluation(), plan.seed())) {
            reporter.started(driver);
            var base = new StageModel(new ModelReference(plan.model(), checkpoint.fingerprint()), checkpoint.directory());
            var precision = plan.precision().orElseGet(checkpoint::precision);
            var scoring = new Scoring(evaluations, samples, precision, history.beside(reporter));
            var geometry = plan.geometry(checkpoint.config().rope());
            var checkpoints = new LocalCheckpoints(directory.path(), store, trainingText(data),
                    files.data().resolve(plan.data().evaluation()));
            var context = new StageContext(plan, geometry, precision, scoring, new Findings(base), checkpoints,
                    new BestSoFar(reporter, plan, geometry, directory));
            var report = new JobRunner(context, directory, tables).run();
            reporter.ended(JobEvent.Kind.FINISHED, "report and tables in " + directory.path());
            draw();
            return report;
        } catch (IOException | RuntimeException e) {
            if (Interrupts.endedWork(e)) {
                throw Interrupts.of(e);
            }
            reporter.ended(JobEvent.Kind.FAILED, String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()));
            throw e;
        }
    }

    /** One too large for the log is in the run directory all the same. */
    private static void keep(JobLog log, JobReporter reporter, JobTable table) {
        try {
            log.keep(table);
        } catch (BadInput e) {
            reporter.note("", "table " + table.name() + " is in the run directory only: " + e.getMessage());
        }
    }

    /** Pictures are for people: a machine that cannot draw them has done the job all the same. */
    private void draw() {
        try {
            RunReport.read(directory.path()).write();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} was not written: {}", RunReport.FILE, e.getMessage());
            LOG.debug("{} was not written", RunReport.FILE, e);
        }
    }

    private Optional<Corpus> trainingText(Root data) {
        return plan.data().training().map(text -> Corpus.below(data, text));
    }
}
