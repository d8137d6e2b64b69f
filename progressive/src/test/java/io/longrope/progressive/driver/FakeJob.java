package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.worker.Worker;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.stage.EvaluatorModel;
import io.longrope.progressive.stage.Findings;
import io.longrope.progressive.stage.Retrievals;
import io.longrope.progressive.stage.Samples;
import io.longrope.progressive.stage.Scoring;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.progressive.stage.Trainings;
import io.longrope.search.job.FoundTable;
import io.longrope.search.job.InMemoryJobLog;
import io.longrope.search.job.JobEvent;
import io.longrope.search.json.Json;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.InMemoryWorkerBoard;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.KeyTokensTask;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Precision;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskFailed;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.TaskRunner;
import io.longrope.search.work.TextReference;
import io.longrope.search.work.TrainTask;
import io.longrope.search.work.WaitListener;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A job whose model is a formula: real stages, real search, real driver, no decoder. */
final class FakeJob {

    private static final RopeGeometry GEOMETRY = new RopeGeometry(16, 10_000, 256);
    private static final int LAYERS = 4;
    private static final String CONFIG = """
            {"model_type": "llama", "hidden_size": 32, "num_attention_heads": 2, "head_dim": 16, "rope_theta": 10000.0,
             "max_position_embeddings": 256}
            """;

    /** What every other checkpoint is. */
    static final Path SHIPPED = Path.of(System.getProperty("longrope.home"), "evaluator/models/java-1m");

    /** The least loss of any needle, above that of any text. */
    static final double NEEDLE_LOSS = 6;

    final List<JobEvent> events = new CopyOnWriteArrayList<>();
    final InMemoryJobLog log = new InMemoryJobLog();
    ResultBook journal = new ResultBook();
    /** Every task measured. */
    final List<ScoreTask> scored = new CopyOnWriteArrayList<>();
    /** Every search for key tokens. */
    final List<KeyTokensTask> found = new CopyOnWriteArrayList<>();
    final AtomicInteger measured = new AtomicInteger();
    final Set<String> asked = new ConcurrentSkipListSet<>();
    private final Set<Long> draws = new ConcurrentSkipListSet<>();
    final AtomicInteger trainings = new AtomicInteger();
    private final JobPlan plan;
    private final Path runDirectory;
    private final Path base;

    FakeJob(JobPlan plan, Path runDirectory, Path base) throws IOException {
        this.plan = plan;
        this.runDirectory = runDirectory;
        this.base = base;
        Files.createDirectories(base);
        Files.writeString(base.resolve("config.json"), CONFIG);
        Files.writeString(base.resolve("model.safetensors"), "base");
    }

    JobPlan plan() {
        return plan;
    }

    /** Gives the loss of a sample, or breaks off. */
    @FunctionalInterface
    interface Measure {

        double loss(ScoreTask task) throws InterruptedException;
    }

    /** @param measure usually {@link #measure}, or something that breaks off before it */
    PerplexityReport run(int workers, Measure measure) throws IOException, InterruptedException {
        var crew = new ArrayList<Worker>();
        try (var directory = RunDirectory.open(runDirectory, plan);
             var work = new InMemoryWork(journal, Clock.systemUTC());
             var tasks = work.open("fake", LedgerRules.DEFAULT, WaitListener.NONE)) {
            for (int i = 1; i <= workers; i++) {
                crew.add(Worker.start(work.join("fake-" + i, EnumSet.allOf(TaskClass.class)), new Runner(measure),
                        TaskLoop.Habits.usual(Optional::empty), Clock.systemUTC()));
            }
            var reporter = new JobReporter(JobSession.id(plan), this::tell, () -> Instant.EPOCH, bar -> { });
            var arithmetic = new Arithmetic(plan.precision().orElse(Precision.F32), Arithmetic.USUAL_CHUNK, plan.threads(),
                    !plan.reproducible());
            var text = new TextReference("text", "no-text");
            var base = new StageModel("base", new ModelReference("base", Json.sha256("base")), this.base);
            var context = new StageContext(plan, GEOMETRY, LAYERS, Candidate.original(GEOMETRY.pairs()), length -> 2.0 * length * length,
                    arithmetic,
                    new Scoring(tasks, cut(), arithmetic, plan.givenUp(), reporter),
                    new Findings(base), new Trainings(tasks, new InMemoryWorkerBoard(), runDirectory, Optional.of(text), text),
                    new Retrievals(tasks, arithmetic, reporter), path -> new EvaluatorModel(
                    new ModelReference(path, Json.sha256(path)), Checkpoint.config(SHIPPED)), reporter);
            return new JobRunner(context, directory, (name, table) -> log.keep(new FoundTable(JobSession.id(plan), name, table))).run();
        } finally {
            crew.forEach(Worker::close);
        }
    }

    /**
     * Loss grows with the distance of log λ from an ideal curve; training brings every curve nearer. Needles want another
     * curve and cost more. Last layers want their slow pairs stretched farther than first ones.
     */
    double measure(ScoreTask task) {
        var sample = task.sample();
        measured.incrementAndGet();
        scored.add(task);
        asked.add(sample.length() + " " + sample.share() + " " + task.objective());
        draws.add(sample.seed());
        var candidate = task.candidate();
        double ratio = GEOMETRY.extensionRatio(task.window().orElse(sample.length()));
        boolean needle = task.objective() == Objective.NEEDLE;
        double distance = 0;
        for (int i = 0; i < GEOMETRY.pairs(); i++) {
            double ideal = Math.log(Math.max(1, ratio)) * Math.pow((double) i / (GEOMETRY.pairs() - 1), needle ? 1.1 : 1.7);
            distance += Math.abs(Math.log(candidate.factors().get(i)) - ideal);
        }
        double trained = task.model().path().equals("base") ? 1 : 0.5;
        double startTokens = 0.01 * Math.abs(candidate.startTokens() - 4) / 256;
        double loss = (needle ? NEEDLE_LOSS : 1) + trained * (distance / GEOMETRY.pairs() + startTokens);
        int slow = GEOMETRY.pairs() - 1;
        double wider = Math.log(candidate.factors().layer(LAYERS - 1)[slow] / candidate.factors().layer(0)[slow]);
        return loss - 0.1 * Math.min(0.2, wider) + 0.001 * ((sample.index() * 31 + sample.share().ordinal() * 7) % 5);
    }

    /** How many candidates a race ended early: measured on the first sample of a length, and not on the last. */
    long stopped(int length, Objective objective, int samples) {
        var first = candidates(length, objective, 0);
        first.removeAll(candidates(length, objective, samples - 1));
        return first.size();
    }

    /** Candidates whose perplexity on the first sample of the search share was measured. */
    int measured(int length) {
        return candidates(length, Objective.PERPLEXITY, 0).size();
    }

    private Set<String> candidates(int length, Objective objective, int index) {
        var candidates = new ConcurrentSkipListSet<String>();
        scored.stream().filter(task -> task.sample().length() == length && task.sample().share() == SampleShare.SEARCH
                && task.sample().index() == index && task.objective() == objective)
                .forEach(task -> candidates.add(task.model().path() + Json.canonical(task.candidate())));
        return candidates;
    }

    private void tell(JobEvent event) {
        events.add(event);
        log.publish(event);
    }

    /** Which draws of samples were measured on, ascending. */
    List<Integer> draws() {
        return draws.stream().map(Long::intValue).toList();
    }

    private static Samples cut() {
        return (share, count, length, draw) -> IntStream.range(0, count)
                .mapToObj(i -> new Sample("text", share, i, length, draw, Json.sha256(share + " " + i + " " + length + " " + draw)))
                .toList();
    }

    /** Does the tasks of a formula. */
    private final class Runner implements TaskRunner, Task.Kinds<TaskRunner.Done, InterruptedException> {

        private final Measure measure;

        Runner(Measure measure) {
            this.measure = measure;
        }

        @Override
        public Done run(Task task) throws InterruptedException {
            return task.as(this);
        }

        @Override
        public Done inspect(InspectTask task) {
            throw new UnsupportedOperationException("see InspectionTest");
        }

        @Override
        public Done score(ScoreTask task) throws InterruptedException {
            double loss = measure.loss(task);
            // at every position the same
            return new Done(new Outcome.Loss(loss, Collections.nCopies(task.borders().size(), loss)), task.sample().length());
        }

        /** Every eighth token from the short context on. */
        @Override
        public Done keyTokens(KeyTokensTask task) {
            found.add(task);
            return new Done(new Outcome.KeyTokens(IntStream.range(task.context().tokens() / 8, task.sample().length() / 8)
                    .map(i -> 8 * i).boxed().toList()), task.sample().length());
        }

        /** Right where the number is hidden early. */
        @Override
        public Done generate(GenerateTask task) {
            var right = new Boolean[task.trials()];
            Arrays.setAll(right, i -> task.depth() <= (double) i / task.trials());
            return new Done(new Outcome.Answers(List.of(right)), task.length());
        }

        @Override
        public Done train(TrainTask task) {
            trainings.incrementAndGet();
            var path = "train/" + task.id().value().substring(0, 16) + "/attempt-1/model";
            var weights = Json.canonical(List.of(task.candidate(), task.settings()));
            try {
                Files.createDirectories(runDirectory.resolve(path));
                Files.writeString(runDirectory.resolve(path).resolve("config.json"), CONFIG);
                Files.writeString(runDirectory.resolve(path).resolve("model.safetensors"), weights);
            } catch (IOException e) {
                throw new TaskFailed(e.toString(), e);
            }
            return new Done(new Outcome.Trained(path, Json.sha256(weights)), 10);
        }

        @Override
        public String device() {
            return "formula";
        }
    }
}
