package io.longrope.progressive.page;

import io.longrope.evaluator.metric.LossByPosition;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.RunHistory;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.job.FoundTable;
import io.longrope.search.job.InMemoryJobLog;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobEvent.Kind;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.job.Tried;
import io.longrope.search.json.Json;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.AttemptLog;
import io.longrope.search.work.InMemoryWorkerBoard;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskId;
import io.longrope.search.work.Waiting;
import io.longrope.search.work.WorkerStatus;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/** A served page over a log, a board and attempts in memory, with a job of every kind to look at. */
final class Pages implements AutoCloseable {

    static final String HOSTILE = "<script>alert('x')</script> & \"quoted\"";
    static final JobId DONE = new JobId("llama-done-0123abcd");
    static final JobId RUNS = new JobId("llama-runs-4567abcd");
    static final JobId WAITS = new JobId("waits-for-a-device-89abcdef");
    static final JobId BROKEN = new JobId("broken-00000000");

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final RopeGeometry GEOMETRY = new RopeGeometry(64, 10_000, 4096);
    private static final List<String> METHODS = List.of("RoPE", "PI", "NTK", "dynamic NTK", "YaRN", "crop", "LongRoPE n̂=0", "LongRoPE",
            "PI tuned", "YaRN tuned", "LongRoPE tuned n̂=0", "LongRoPE tuned");

    final InMemoryJobLog log = new InMemoryJobLog();
    final List<Attempt> attempts = new CopyOnWriteArrayList<>();
    final PageServer server;
    private final InMemoryWorkerBoard board = new InMemoryWorkerBoard();
    private final LiveJobs jobs;
    private int minute;

    private Pages() {
        var clock = (InstantSource) () -> NOON.plusSeconds(60L * minute);
        jobs = new LiveJobs(log, board, new Attempts(), clock);
        server = PageServer.start("127.0.0.1", 0, jobs);
    }

    static Pages empty() {
        return new Pages();
    }

    /** One job that finished, one that runs, one that waits, one whose plan is none. */
    static Pages full() throws IOException {
        var pages = new Pages();
        pages.finish();
        pages.begin();
        for (int generation = 1; generation <= 6; generation++) {
            pages.generation(RUNS, "search-128k-base", generation);
        }
        pages.waitForADevice();
        pages.submit(BROKEN, Json.write(Map.of("name", HOSTILE)));
        pages.publish(JobEvent.of(BROKEN, Kind.STARTED, HOSTILE, pages.next()));
        pages.publish(JobEvent.failed(BROKEN, new IllegalStateException(HOSTILE), pages.next()));
        pages.crew();
        return pages;
    }

    /** Without the token. */
    String address() {
        return server.address().replaceFirst("/\\?.*", "");
    }

    String token() {
        return server.address().replaceFirst(".*token=", "");
    }

    void publish(JobEvent event) {
        log.publish(event);
    }

    void generation(JobId job, String stage, int number) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(number);
        var tried = IntStream.range(8 * number - 8, 8 * number).mapToObj(trial -> {
            var factors = random.doubles(GEOMETRY.pairs(), 1, 32).sorted().toArray();
            return new Tried(trial, number - 1, 0, new Candidate(RescaleFactors.of(factors), 4 * (trial % 3), 1),
                    List.of(trial % 11 == 10 ? Double.POSITIVE_INFINITY : 2 + factors[20] / 32), true);
        }).toList();
        JobEvent.tried(job, stage, 131072, tried, next()).forEach(this::publish);
        publish(JobEvent.ofGeneration(job, stage, number, Map.of(JobEvent.LENGTH, 131072.0, JobEvent.BEST, 6 + 3.0 / number,
                JobEvent.MEDIAN, 7 + 6.0 / number, JobEvent.EVALUATIONS_DONE, 64.0 * number, JobEvent.EVALUATIONS_PLANNED, 640.0,
                JobEvent.TOKENS, 131072.0 * 64 * number, JobEvent.EVALUATIONS_PER_HOUR, 81.0, JobEvent.WORKERS, 3.0,
                JobEvent.SECONDS_LEFT, 3600.0 * 12), "", next()).with(JobEvent.DEVICE_SECONDS, 1.5e6 * number));
    }

    @Override
    public void close() {
        jobs.close();
        server.close();
        log.close();
    }

    private void finish() throws IOException {
        submit(DONE, plan("llama-done"));
        publish(JobEvent.of(DONE, Kind.STARTED, "driver-1", next()));
        publish(JobEvent.ofStage(DONE, Kind.STAGE_STARTED, "search-128k-base", Map.of(), "", next()));
        for (int generation = 1; generation <= 8; generation++) {
            generation(DONE, "search-128k-base", generation);
        }
        publish(JobEvent.ofStage(DONE, Kind.TABLE, "search-128k-base", Map.of(JobEvent.LENGTH, 131072.0, JobEvent.BEST, 6.512,
                JobEvent.FOR_ENGINES, 6.523, JobEvent.START_TOKENS, 8.0, JobEvent.SEARCHED, 6.431), "finalist 1", next()));
        publish(JobEvent.ofStage(DONE, Kind.STAGE_FINISHED, "search-128k-base", Map.of(), "128k: evaluation budget spent", next()));
        publish(JobEvent.ofStage(DONE, Kind.STAGE_STARTED, "fine-tune-128k", Map.of(), "", next()));
        for (int step = 40; step <= 400; step += 40) {
            publish(JobEvent.ofStage(DONE, Kind.TRAINED, "fine-tune-128k", Map.of(JobEvent.STEP, (double) step, JobEvent.STEPS, 400.0,
                    JobEvent.LOSS, 2 + 10.0 / step), "", next()));
        }
        publish(JobEvent.ofStage(DONE, Kind.STAGE_FINISHED, "fine-tune-128k", Map.of(JobEvent.LOSS, 2.025), "", next()));
        for (int length = 4096; length <= 131072; length *= 2) {
            for (int i = 0; i < METHODS.size(); i++) {
                publish(JobEvent.ofStage(DONE, Kind.REPORTED, RunHistory.CLOSING, cell(i, length), METHODS.get(i), next()));
            }
            for (double depth : List.of(0.0, 0.5, 1.0)) {
                publish(JobEvent.ofStage(DONE, Kind.REPORTED, RunHistory.RETRIEVAL + Retrieval.PASSKEY,
                        Map.of(JobEvent.LENGTH, (double) length, JobEvent.DEPTH, depth, JobEvent.ACCURACY, depth),
                        "LongRoPE tuned", next()));
            }
        }
        log.keep(new FoundTable(DONE, FoundTable.FINAL, table()));
        publish(JobEvent.of(DONE, Kind.FINISHED, "report and tables in /runs/done", next()));
    }

    private static Map<String, Double> cell(int method, int length) {
        boolean diverged = method == 0 && length > 8192;
        var numbers = new HashMap<String, Double>();
        numbers.put(JobEvent.WINDOW, 4096.0);
        numbers.put(JobEvent.LENGTH, (double) length);
        numbers.put(JobEvent.PERPLEXITY, diverged ? Double.POSITIVE_INFINITY : 6.0 + method * length / 131072.0);
        if (length > 4096 && !METHODS.get(method).equals("crop")) {
            numbers.put(JobEvent.GAIN, diverged ? Double.NEGATIVE_INFINITY : 0.05 - 0.01 * method);
            numbers.put(JobEvent.GAIN_ERROR, 0.004);
        }
        for (int bin = 0; bin < LossByPosition.bins(4096, length).size(); bin++) {
            numbers.put(JobEvent.POSITION_LOSS + bin, diverged ? Double.POSITIVE_INFINITY : 2.2 + 0.01 * method - 0.02 * bin);
            numbers.put(JobEvent.POSITION_LOSS_ERROR + bin, 0.01);
        }
        return numbers;
    }

    private void begin() throws IOException {
        submit(RUNS, plan("llama-runs"));
        publish(JobEvent.of(RUNS, Kind.STARTED, "driver-1", next()));
        publish(JobEvent.ofStage(RUNS, Kind.STAGE_STARTED, "search-128k-base", Map.of(), "", next()));
    }

    private void waitForADevice() throws IOException {
        submit(WAITS, plan("waits-for-a-device"));
        publish(JobEvent.of(WAITS, Kind.STARTED, "driver-1", next()));
        publish(JobEvent.waits(WAITS, new Waiting(TaskClass.TRAIN, "training of 400 steps of 128k tokens",
                Map.of("gpu-node-17-worker-1-0a1b2c",
                "needs 92.4 GiB of memory, has 74.5 GiB: a smaller chunk, or a larger device; " + HOSTILE), 2), next()));
    }

    private void crew() {
        for (int i = 1; i <= 3; i++) {
            var doing = i == 3 ? Optional.<WorkerStatus.Doing>empty() : Optional.of(new WorkerStatus.Doing(RUNS.value(),
                    new TaskId(Json.sha256("task " + i)), "score of 131072 tokens of text/proof-pile-long-documents.txt",
                    Optional.empty()));
            board.report(new WorkerStatus("gpu-node-17-worker-" + i + "-0a1b2c", "default", "cuda:" + i, 60L << 30, 80L << 30, doing,
                    120 * i, 8200 * i, Optional.empty(), i == 3 ? Map.of("training", HOSTILE) : Map.of(),
                    NOON.plusSeconds(60L * minute - 4)));
        }
        attempts.add(new Attempt(new TaskId(Json.sha256("task")), "delivery", "gpu-node-17-worker-3-0a1b2c", Attempt.Kind.OUT_OF_MEMORY,
                HOSTILE, Optional.empty(), 0, NOON));
    }

    private void submit(JobId job, String plan) {
        log.submit(new JobSubmission(job, plan, next()));
    }

    private Instant next() {
        minute++;
        return NOON.plusSeconds(60L * minute);
    }

    private static String plan(String name) throws IOException {
        var tree = Json.mapper().readTree("""
                {"schema": 1, "name": "%s", "model": "llama-2-7b", "data": {"training": "books.txt", "evaluation": "proof-pile.txt"},
                 "stages": [{"search": {"length": "128k", "on": "base"}}, {"fine-tune": {"length": "128k", "steps": 400, "batch": 8}}]}
                """.formatted(name));
        return Json.write(new PlanReader(PlanCheck.UNSEEN).read(tree));
    }

    private static FactorTable table() {
        return new FactorTable("llama-2-7b", GEOMETRY, List.of(8192, 131072).stream().map(length -> {
            var factors = IntStream.range(0, GEOMETRY.pairs()).mapToDouble(i -> 1 + i * (length / 4096.0 - 1) / (GEOMETRY.pairs() - 1))
                    .toArray();
            return new TableEntry(length, new Measured(new Candidate(RescaleFactors.of(factors), 8, 1.1), OptionalDouble.of(6.5)),
                    Optional.empty(), "samples");
        }).toList(), List.of("a test"));
    }

    private final class Attempts implements AttemptLog {

        @Override
        public List<Attempt> latest() {
            return List.copyOf(attempts);
        }

        @Override
        public void close() {
            attempts.clear();
        }
    }
}
