package io.longrope.progressive.driver;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Objective;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.TaskFailed;
import io.longrope.search.work.TaskGivenUp;
import io.longrope.search.work.TaskId;
import io.longrope.search.work.WaitListener;
import io.longrope.search.json.Json;
import io.longrope.search.job.InMemoryJobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobState;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.RunReport;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.table.JsonFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JobRunnerTest {

    /** With every kind of stage. */
    static final String PLAN = """
            schema: 1
            name: fake
            seed: 3
            model: base
            data: {training: t, evaluation: e, samples: {search: 2, selection: 3, report: 3}}
            search: {algorithm: adaptive, max-evaluations: 42, finalists: 3, start-tokens: [0, 4, 16]}
            stages:
              - search: {length: 1024, on: base}
              - search: {length: 4096, on: base}
              - fine-tune: {length: 1024, steps: 2}
              - search: {length: 4096, multipliers: true}
              - recovery: {lengths: [256, 512]}
            report: {lengths: [256, 512, 1024, 4096]}
            """;

    /** What a plan without fine-tunes opens with; its search and stages follow. */
    static final String UNTRAINED = """
            schema: 1
            name: fake
            seed: 3
            model: base
            shape: {layers: 1, hidden: 32, heads: 2, head-dim: 16, feed-forward: 32, vocabulary: 256, window: 256}
            data: {evaluation: e, samples: {search: 2, selection: 3, report: 3}}
            """;

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path directory;
    private JobPlan plan;

    @BeforeEach
    void readPlan() throws IOException {
        plan = plan(PLAN);
    }

    @Test
    void methodsTrainedLikewiseAreComparedBeforeAndAfterEachFineTune() throws Exception {
        plan = plan(PLAN.replace("  - search: {length: 4096, multipliers",
                "  - fine-tune: {length: 4096, steps: 2}\n  - search: {length: 4096, multipliers")
                .replace("report: {", "report: {fine-tuned: [pi, yarn], "));
        var undisturbed = job("undisturbed");
        var report = undisturbed.run(1, undisturbed::measure);
        assertThat(report.columns()).containsSubsequence("LongRoPE", "PI tuned", "YaRN tuned", "LongRoPE tuned n̂=0", "LongRoPE tuned");
        assertThat(undisturbed.trainings).as("two fine-tunes with three tables").hasValue(6);

        var byFineTune = Json.mapper().readTree(directory.resolve("undisturbed/fine-tunes.json").toFile());
        assertThat(byFineTune.path("columns")).extracting(JsonNode::asText)
                .containsExactly("crop", "PI", "PI after fine-tune-1024", "PI after fine-tune-4096",
                "YaRN", "YaRN after fine-tune-1024", "YaRN after fine-tune-4096", "LongRoPE", "LongRoPE after fine-tune-1024",
                "LongRoPE after fine-tune-4096");
        var at4096 = byFineTune.path("rows").path(3).path("perplexity");
        assertThat(at4096.path("YaRN after fine-tune-1024").asDouble()).isLessThan(at4096.path("YaRN").asDouble());
        assertThat(at4096.hasNonNull("LongRoPE after fine-tune-1024")).as("no table for 4096 was found on that checkpoint").isFalse();
        assertThat(at4096.path("LongRoPE after fine-tune-4096").asDouble()).isLessThan(at4096.path("LongRoPE").asDouble());
        assertThat(Files.readString(directory.resolve("undisturbed/report.md"))).contains("| YaRN after fine-tune-1024 |");
        var gains = Json.mapper().readTree(directory.resolve("undisturbed/fine-tunes-gain.json").toFile());
        assertThat(gains.path("columns")).hasSize(byFineTune.path("columns").size() - 1);
        var gainAt4096 = gains.path("rows").path(2).path("gain");
        assertThat(gainAt4096.path("LongRoPE after fine-tune-4096").asDouble()).isGreaterThan(gainAt4096.path("LongRoPE").asDouble());
        assertThat(gainAt4096.hasNonNull("LongRoPE after fine-tune-1024")).isFalse();
        var page = RunReport.read(directory.resolve("undisturbed")).write(directory.resolve("page"));
        assertThat(Files.readString(page)).contains("What the longer window is worth before the first fine-tune and after each");

        var job = job("interrupted");
        interruptAfter(210, job);
        job.run(1, job::measure);
        assertThat(results("interrupted")).isEqualTo(results("undisturbed"));
        assertThat(job.trainings).as("nothing is trained twice").hasValue(6);
    }

    @Test
    void tablesModelAndReportAreWritten() throws Exception {
        var job = job("run");
        job.run(1, job::measure);
        assertThat(results("run").keySet()).contains("plan.yaml", "report.md", "report.csv", "report.json", "tables/factors.json",
                "tables/before-fine-tuning.json", "tables/huggingface.json", "tables/microsoft-4096.csv", "model/config.json",
                "model/model.safetensors");
        var table = new JsonFormat().read(directory.resolve("run/tables/factors.json"));
        assertThat(table.entries()).extracting(entry -> entry.length()).containsExactly(256, 512, 1024, 4096);
        assertThat(Files.readString(directory.resolve("run/model/config.json")))
                .contains("\"longrope\"", "\"max_position_embeddings\" : 4096");
        assertThat(job.log.states()).isEmpty();
    }

    @Test
    void oneWorkerOrThreeGiveTheSameFiles() throws Exception {
        var one = job("one");
        one.run(1, one::measure);
        var three = job("three");
        three.run(3, three::measure);
        assertThat(results("three")).isEqualTo(results("one"));
    }

    @Test
    void racingStopsCandidatesEarlyAndTheReportSaysWhatWasSpent() throws Exception {
        var job = job("run");
        job.run(2, job::measure);
        assertThat(job.stopped(4096, Objective.PERPLEXITY, 2)).isPositive();
        var costs = Files.readAllLines(directory.resolve("run/report.md")).stream().filter(line -> line.startsWith("| search-4096-base"))
                .toList();
        assertThat(costs).singleElement().satisfies(line -> {
            var cells = line.replace(" ", "").split("[|]");
            assertThat(Long.parseLong(cells[3])).isEqualTo(4096L * (2L * Integer.parseInt(cells[5]) - Integer.parseInt(cells[6])));
        });

        plan = plan(PLAN.replace("algorithm: adaptive,", "algorithm: adaptive, racing: false,"));
        var whole = job("whole");
        whole.run(2, whole::measure);
        assertThat(whole.stopped(4096, Objective.PERPLEXITY, 2)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 60, 140, 210, 300})
    void interruptedIsUninterruptedToTheByte(int scores) throws Exception {
        var undisturbed = job("undisturbed");
        undisturbed.run(1, undisturbed::measure);
        var job = job("interrupted");
        interruptAfter(scores, job);
        job.run(1, job::measure);
        assertThat(results("interrupted")).isEqualTo(results("undisturbed"));
        assertThat(job.measured).as("nothing is measured twice").hasValue(undisturbed.measured.get());
        assertThat(job.trainings).hasValue(1);
    }

    @Test
    void pausedInTheMiddleAndResumedItComesToTheSameFiles() throws Exception {
        var undisturbed = job("undisturbed");
        undisturbed.run(1, undisturbed::measure);
        var job = job("paused");
        var id = JobSession.id(plan);
        job.log.submit(JobSession.submission(plan, () -> Instant.EPOCH));
        try (var claims = new InMemoryJobClaims(job.log); var driver = claims.join();
             var work = new InMemoryWork(new ResultBook(), Clock.systemUTC());
             var tasks = work.open("others", LedgerRules.DEFAULT, WaitListener.NONE)) {
            var paused = ClaimedJob.run(driver.claim(LONG).orElseThrow(), tasks, job.log, () -> Instant.EPOCH, () -> job.run(1, task -> {
                if (job.measured.get() == 100) {
                    job.log.pause(id, Instant.EPOCH);
                    Thread.sleep(LONG.toMillis());
                }
                return job.measure(task);
            }));
            assertThat(paused).isEqualTo(ClaimedJob.End.PAUSED);
            assertThat(job.log.state(id).orElseThrow().phase()).isEqualTo(JobState.Phase.PAUSED);
            assertThat(results("paused")).isNotEqualTo(results("undisturbed"));
            job.log.resume(id, Instant.EPOCH);
            ClaimedJob.run(driver.claim(LONG).orElseThrow(), tasks, job.log, () -> Instant.EPOCH, () -> job.run(1, job::measure));
        }
        assertThat(results("paused")).isEqualTo(results("undisturbed"));
        assertThat(job.measured).as("nothing is measured twice").hasValue(undisturbed.measured.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {90, 170})
    void aFrontAndFreshSamplesAndAWarmStartResumeToTheByteToo(int scores) throws Exception {
        Files.writeString(directory.resolve("table.csv"), "1\n1\n1.5\n1.4\n2\n3\n3.5\n4\n");
        plan = plan(UNTRAINED + """
                search: {algorithm: longrope, population: 8, generations: 3, mutations: 3, crossovers: 3, parents: 4, finalists: 3,
                         start-tokens: [0, 4]}
                stages:
                  - search: {length: 1024, algorithm: nsga2, short-length: 256, short-tolerance: 0.2, start: {file: table.csv, length: 1k}}
                  - search: {length: 2048, fresh-samples: true, start: {stage: search-1024}}
                """);
        var undisturbed = job("undisturbed");
        undisturbed.run(1, undisturbed::measure);
        var files = results("undisturbed");
        assertThat(files.get("fronts/search-1024.csv")).contains("picked", "original positions", "the table of table.csv");
        assertThat(files.get("fronts/search-1024.json")).contains("\"pickedForEngines\"");
        assertThat(files.get("report.md")).contains("## One table for 1024 and 256", "among those at most 20.0 % above the lowest at 256");
        assertThat(new JsonFormat().read(directory.resolve("undisturbed/tables/factors.json")).entries())
                .extracting(entry -> entry.length())
                .containsExactly(1024, 2048);
        assertThat(undisturbed.draws()).as("a draw for each of four generations, beside the job's own samples")
                .containsExactly(0, 1, 2, 3, 4);

        var job = job("interrupted");
        interruptAfter(scores, job);
        job.run(2, job::measure);
        assertThat(results("interrupted")).isEqualTo(files);
        assertThat(job.measured).hasValue(undisturbed.measured.get());
    }

    @Test
    void needlesDecideSearchAndChoiceAndTheTableHasThePerplexityOfWhatTheyChose() throws Exception {
        plan = plan(UNTRAINED + """
                search: {population: 8, generations: 3, mutations: 3, crossovers: 3, parents: 4, finalists: 3, start-tokens: [0, 4]}
                stages:
                  - search: {length: 1024, algorithm: longrope2, racing: true}
                  - search: {length: 2048, algorithm: longrope}
                """);
        var job = job("run");
        var report = job.run(2, job::measure);

        assertThat(job.asked).contains("1024 SEARCH NEEDLE", "1024 SELECTION NEEDLE", "1024 SELECTION PERPLEXITY", "1024 REPORT PERPLEXITY",
                "2048 SEARCH PERPLEXITY", "2048 SELECTION PERPLEXITY")
                .doesNotContain("1024 SEARCH PERPLEXITY", "1024 REPORT NEEDLE", "2048 SEARCH NEEDLE");
        assertThat(job.stopped(1024, Objective.NEEDLE, 2)).as("needles race too").isPositive();
        var entries = new JsonFormat().read(directory.resolve("run/tables/factors.json")).entries();
        assertThat(entries.get(0).protocol())
                .isEqualTo("perplexity of 3 samples of 1024 tokens, selection share of e; chosen by needle perplexity");
        assertThat(entries.get(1).protocol()).isEqualTo("perplexity of 3 samples of 2048 tokens, selection share of e");
        assertThat(entries.get(0).best().perplexity().orElseThrow()).isLessThan(Math.exp(FakeJob.NEEDLE_LOSS));
        assertThat(report.rows()).allSatisfy(row -> assertThat(row.perplexities()).allSatisfy(cell ->
                cell.ifPresent(perplexity -> assertThat(perplexity).isLessThan(Math.exp(FakeJob.NEEDLE_LOSS)))));
        assertThat(job.events).filteredOn(event -> event.kind() == JobEvent.Kind.GENERATION && event.stage().equals("search-1024"))
                .isNotEmpty().allSatisfy(event -> assertThat(event.message()).isEqualTo("needle perplexity"));
        assertThat(job.events).filteredOn(event -> event.kind() == JobEvent.Kind.GENERATION && event.stage().equals("search-2048"))
                .isNotEmpty().allSatisfy(event -> assertThat(event.message()).isEmpty());
        assertThat(job.events).filteredOn(event -> event.kind() == JobEvent.Kind.TABLE).extracting(JobEvent::message)
                .satisfiesExactly(first -> assertThat(first).endsWith(", by needle perplexity"),
                second -> assertThat(second).doesNotContain("needle"));

        var interrupted = job("interrupted");
        interruptAfter(45, interrupted);
        interrupted.run(1, interrupted::measure);
        assertThat(results("interrupted")).isEqualTo(results("run"));
        assertThat(interrupted.measured).hasValue(job.measured.get());
    }

    @Test
    void aTableForEachLayerIsFoundFromOneForAllWhichEnginesStillGet() throws Exception {
        plan = plan(UNTRAINED + """
                search: {max-evaluations: 24, batch: 4, finalists: 3, start-tokens: [0]}
                stages:
                  - search: {length: 1024}
                  - search: {name: layers, length: 1024, algorithm: per-layer, start: {stage: search-1024}}
                  - search: {length: 2048, start: {stage: layers}}
                """);
        var one = job("one");
        one.run(1, one::measure);
        var many = job("many");
        many.run(7, many::measure);
        assertThat(results("many")).isEqualTo(results("one"));

        var entry = new JsonFormat().read(directory.resolve("one/tables/factors.json")).entries().get(0);
        assertThat(entry.best().candidate().factors().layers()).isEqualTo(4);
        var engines = entry.withoutStartTokens().orElseThrow();
        assertThat(engines.candidate().factors().isPerLayer()).isFalse();
        assertThat(entry.best().perplexity().orElseThrow()).isLessThan(engines.perplexity().orElseThrow());
        assertThat(results("one").get("tables/microsoft-1024.csv").lines()).hasSize(4).allMatch(row -> row.split(",").length == 8);
        assertThat(Json.mapper().readTree(results("one").get("stages/3-search-2048.json")).at("/output").isMissingNode()).isFalse();
    }

    /** One worker, seven or sixty-four, and one that is interrupted: the same files, whose cost is that of the lengths measured. */
    @Test
    void aLadderScreensAtShorterLengths() throws Exception {
        plan = plan(UNTRAINED + """
                search: {algorithm: adaptive, max-evaluations: 60, batch: 4, ask-ahead: 1, finalists: 3, start-tokens: [0, 4]}
                stages:
                  - search: {length: 4096, ladder: {lengths: [2k, 1k, 8k], samples: 1, keep: 0.4}}
                """);
        var one = job("one");
        one.run(1, one::measure);
        for (int workers : new int[] {7, 64}) {
            var many = job(workers + " workers");
            many.run(workers, many::measure);
            assertThat(results(workers + " workers")).isEqualTo(results("one"));
        }
        var job = job("interrupted");
        interruptAfter(70, job);
        job.run(1, job::measure);
        assertThat(results("interrupted")).isEqualTo(results("one"));

        assertThat(one.asked).contains("1024 SEARCH PERPLEXITY", "2048 SEARCH PERPLEXITY").doesNotContain("8192 SEARCH PERPLEXITY");
        assertThat(one.measured(1024)).as("who ranks below at 1024 is not measured at 2048").isEqualTo(60)
                .isGreaterThan(one.measured(2048));
        var cost = Json.mapper().readTree(results("one").get("stages/1-search-4096.json")).at("/output/costs/0");
        long tokens = cost.path("tokens").longValue();
        double operations = cost.path("operations").doubleValue();
        assertThat(operations).as("2 n² for n tokens").isBetween(2.0 * 1024 * tokens, 2.0 * 4096 * tokens);
    }

    @Test
    void aStageThatIsDoneIsNotRunAgainEvenWithoutItsJournal() throws Exception {
        var job = job("run");
        job.run(1, job::measure);
        var before = results("run");
        assertThat(before.keySet()).contains("stages/1-search-1024-base.json", "stages/3-fine-tune-1024.json", "stages/5-recovery.json");
        var record = Json.mapper().readTree(before.get("stages/4-search-4096.json"));
        assertThat(record.at("/input/checkpoint/fingerprint").textValue()).isEqualTo(Json.mapper()
                .readTree(before.get("stages/3-fine-tune-1024.json")).at("/output/checkpoint/fingerprint").textValue()).hasSize(64);

        int measured = job.measured.get();
        job.journal = new ResultBook();
        job.run(1, job::measure);
        assertThat(job.measured.get() - measured).as("the report is measured anew, no search").isLessThan(180);
        assertThat(results("run")).isEqualTo(before);

        Files.writeString(directory.resolve("run/stages/5-recovery.json"), "{broken");
        job.run(1, job::measure);
        assertThat(results("run")).isEqualTo(before);
    }

    @Test
    void tasksGivenUpCountAsTheWorstWhereThePlanSaysSo() throws Exception {
        plan = plan(UNTRAINED + """
                given-up: worst
                search: {population: 8, generations: 3, mutations: 3, crossovers: 3, parents: 4, finalists: 3, algorithm: longrope}
                stages:
                  - search: {length: 1024}
                """);
        var job = job("run");
        var broken = ConcurrentHashMap.<TaskId>newKeySet();
        job.run(1, task -> {
            if (job.measured.get() > 20 && broken.size() < 2 || broken.contains(task.id())) {
                broken.add(task.id());
                throw new TaskFailed("broken", null);
            }
            return job.measure(task);
        });
        assertThat(results("run")).containsKeys("tables/factors.json", "stages/1-search-1024.json");
        assertThat(job.events).filteredOn(event -> event.kind() == JobEvent.Kind.WARNING).singleElement().satisfies(event -> {
            assertThat(event.stage()).isEqualTo("search-1024");
            assertThat(event.numbers()).containsEntry(JobEvent.GIVEN_UP, 2.0);
            assertThat(event.message()).isEqualTo("2 score tasks were given up and counted as the worst loss");
        });
    }

    @Test
    void everythingGivenUpEndsTheJobWithItsReason() throws Exception {
        var job = job("run");
        assertThatThrownBy(() -> job.run(1, task -> {
            throw new TaskFailed("no such model here", null);
        })).isInstanceOf(TaskGivenUp.class).hasMessageContaining("given up after 3 deliveries: no such model here");
        assertThat(results("run")).containsOnlyKeys("layout", "plan.yaml", ".lock");
    }

    @Test
    void eventsTellTheStory() throws Exception {
        var job = job("run");
        job.log.submit(JobSession.submission(plan, () -> Instant.EPOCH));
        job.run(1, job::measure);
        var state = job.log.states().get(0);
        assertThat(state.stage()).isEqualTo("recovery");
        assertThat(state.numbers()).containsKeys(JobEvent.BEST, JobEvent.EVALUATIONS_DONE);
    }

    /** With the scores before that in its journal, and nothing left of the interrupt. */
    private static void interruptAfter(int scores, FakeJob job) {
        var left = new AtomicInteger(scores);
        var runner = Thread.currentThread();
        assertThatThrownBy(() -> job.run(1, task -> {
            if (left.getAndDecrement() == 0) {
                runner.interrupt();
                Thread.sleep(10_000);
            }
            return job.measure(task);
        })).isInstanceOfAny(InterruptedException.class, CancellationException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    private FakeJob job(String name) throws IOException {
        return new FakeJob(plan, directory.resolve(name), directory.resolve("base"));
    }

    private JobPlan plan(String text) throws IOException {
        return new PlanReader(PlanCheck.UNSEEN).read(Files.writeString(directory.resolve("plan.yaml"), text), List.of());
    }

    /** Every file by its name in the run directory. */
    private Map<String, String> results(String name) throws IOException {
        var results = new TreeMap<String, String>();
        try (var files = Files.walk(directory.resolve(name))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                results.put(directory.resolve(name).relativize(file).toString(), Files.readString(file));
            }
        }
        return results;
    }
}
