package io.longrope.progressive.driver;

import io.longrope.evaluator.training.ExternalTask;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.stage.Checkpoints;
import io.longrope.progressive.stage.Findings;
import io.longrope.progressive.stage.Scoring;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.work.Evaluation;
import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.Evaluator;
import io.longrope.search.work.InMemoryEvaluations;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.Score;
import io.longrope.search.json.Json;
import io.longrope.search.job.InMemoryJobLog;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobLog;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.job.JobTable;
import io.longrope.search.rope.RopeGeometry;

import java.io.UncheckedIOException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A job whose model is a formula: real stages, real search, real driver, no decoder. */
final class FakeJob {

    private static final RopeGeometry GEOMETRY = new RopeGeometry(16, 10_000, 256);
    private static final String CONFIG = """
            {"model_type": "llama", "hidden_size": 32, "num_attention_heads": 2, "head_dim": 16, "rope_theta": 10000.0,
             "max_position_embeddings": 256}
            """;

    /** The least loss of any needle, above that of any text. */
    static final double NEEDLE_LOSS = 6;

    final List<JobEvent> events = new CopyOnWriteArrayList<>();
    final JobLog log = new InMemoryJobLog();
    final Map<EvaluationId, Score> journal = new ConcurrentHashMap<>();
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

    /** @param evaluator usually {@link #measure}, or something that breaks off before it */
    PerplexityReport run(int workers, Evaluator evaluator) throws IOException, InterruptedException {
        try (var directory = RunDirectory.open(runDirectory, plan);
             var evaluations = new InMemoryEvaluations(evaluator, workers, journal)) {
            var reporter = new JobReporter(JobSession.id(plan), this::tell, () -> Instant.EPOCH, bar -> { });
            var scoring = new Scoring(evaluations, FakeJob::cut, plan.precision().orElse(Precision.F32), reporter);
            var checkpoints = new FormulaCheckpoints();
            var context = new StageContext(plan, GEOMETRY, plan.precision().orElse(Precision.F32), scoring,
                    new Findings(checkpoints.open(base)), checkpoints, reporter);
            return new JobRunner(context, directory, (name, table) -> log.keep(new JobTable(JobSession.id(plan), name, table))).run();
        }
    }

    /**
     * Loss grows with the distance of log λ from an ideal curve; training brings every curve nearer. Needles want another
     * curve and cost more.
     */
    Score measure(Evaluation evaluation) {
        measured.incrementAndGet();
        asked.add(evaluation.samples().length() + " " + evaluation.samples().share() + " " + evaluation.objective());
        draws.add(evaluation.samples().seed());
        var candidate = evaluation.candidate();
        double ratio = GEOMETRY.extensionRatio(evaluation.samples().length());
        boolean needle = evaluation.objective() == Objective.NEEDLE;
        double distance = 0;
        for (int i = 0; i < GEOMETRY.pairs(); i++) {
            double ideal = Math.log(Math.max(1, ratio)) * Math.pow((double) i / (GEOMETRY.pairs() - 1), needle ? 1.1 : 1.7);
            distance += Math.abs(Math.log(candidate.factors().get(i)) - ideal);
        }
        double trained = evaluation.model().path().equals("base") ? 1 : 0.5;
        double startTokens = 0.01 * Math.abs(candidate.startTokens() - 4) / 256;
        double loss = (needle ? NEEDLE_LOSS : 1) + trained * (distance / GEOMETRY.pairs() + startTokens);
        var losses = IntStream.range(0, evaluation.samples().count())
                .mapToObj(i -> loss + 0.001 * ((i * 31 + evaluation.samples().share().ordinal() * 7) % 5)).toList();
        for (int k = 1; k <= evaluation.lossBounds().size(); k++) {
            double mean = losses.subList(0, k).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
            if (mean > evaluation.lossBounds().get(k - 1)) {
                return new Score(evaluation.id(), Score.Outcome.STOPPED, losses.subList(0, k), (long) k * evaluation.samples().length(),
                        "bound", "fake", 0);
            }
        }
        return new Score(evaluation.id(), Score.Outcome.COMPLETE, losses, evaluation.tokens(), "", "fake", 0);
    }

    private void tell(JobEvent event) {
        events.add(event);
        log.publish(event);
    }

    /** Which draws of samples were measured on, ascending. */
    List<Integer> draws() {
        return draws.stream().map(Long::intValue).toList();
    }

    private static SampleReference cut(SampleShare share, int count, int length, int draw) {
        return new SampleReference("text", share, count, length, draw, Json.sha256(share + " " + count + " " + length + " " + draw));
    }

    private final class FormulaCheckpoints implements Checkpoints {

        @Override
        public Path directory(String name) {
            return runDirectory.resolve("checkpoints").resolve(name);
        }

        @Override
        public Corpus trainingText() {
            try {
                return Corpus.of(Files.writeString(runDirectory.resolve("text.txt"), "no text"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String trainingFingerprint() {
            return "no-text";
        }

        @Override
        public Path evaluationText() {
            return runDirectory.resolve("no-text");
        }

        @Override
        public StageModel open(Path directory) {
            try {
                var fingerprint = Json.sha256(Files.readString(directory.resolve("model.safetensors")));
                return new StageModel(new ModelReference(directory.getFileName().toString(), fingerprint), directory);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void fineTune(FineTuneTask task, TrainingListener listener) throws IOException {
            trainings.incrementAndGet();
            listener.onStep(1, 1.0, 1.0, 1e-3, 10);
            Files.createDirectories(task.output());
            Files.writeString(task.output().resolve("config.json"), CONFIG);
            Files.writeString(task.output().resolve("model.safetensors"), Json.canonical(List.of(task.candidate(), task.settings())));
        }

        @Override
        public void fineTune(ExternalTask task, Path output, Consumer<String> log) {
            throw new UnsupportedOperationException("see ExternalTrainerTest");
        }
    }
}
