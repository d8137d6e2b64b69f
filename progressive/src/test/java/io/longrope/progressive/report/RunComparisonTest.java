package io.longrope.progressive.report;

import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.job.FoundTable;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobEvent.Kind;
import io.longrope.search.job.JobId;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.work.Retrieval;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

class RunComparisonTest {

    private static final JobId JOB = new JobId("job");

    private final List<JobEvent> events = new ArrayList<>();

    @Test
    void figuresOfEachLengthAndMethodStandBesideEachOther() throws IOException {
        var table = of("paper", paper(), "ours", ours()).perplexities();
        assertThat(table.table().headers()).containsExactly("length", "method", "paper", "ours");
        assertThat(table.table().rows()).containsExactly(
                List.of("128", "crop", "5.000", "5.000"), List.of("128", "LongRoPE n̂=0", "4.750", "-"), List.of("128", "LongRoPE", "4.500",
                "4.250"),
                List.of("256", "crop", "5.000", "5.000"), List.of("256", "LongRoPE", "diverged", "-"));
    }

    @Test
    void gainsRetrievalTablesAndCostsToo() throws IOException {
        var comparison = of("paper", paper(), "ours", ours());
        assertThat(comparison.gains().table().rows()).containsExactly(List.of("128", "LongRoPE", "+0.1000 ± 0.0100", "+0.2000"));
        assertThat(comparison.retrievals().table().rows()).containsExactly(List.of("passkey", "128", "0 %", "100 %", "-"),
                List.of("passkey", "128", "50 %", "25 %", "-"));
        assertThat(comparison.factors().table().rows()).containsExactly(
                List.of("128", "n̂", "0", "4"), List.of("128", "attention factor", "1.0000", "1.0000"),
                List.of("128", "λ of the lowest frequency", "2.0000", "2.0000"), List.of("128", "ln λ away from the first", "0.0000",
                String.format(Locale.ROOT, "%.4f", Math.log(1.5) / 2)));
        assertThat(comparison.costs().table().rows()).containsExactly(List.of("state", "finished", "not finished"),
                List.of("evaluations", "40", "8"), List.of("tokens of searches", "5.12 k", "1.02 k"),
                List.of("time of stages", "01:00", "00:30"), List.of("device-hours", "1.50", "-"));
    }

    @Test
    void ofThePlansOnlyWhatDiffersIsTold() throws IOException {
        var rows = of("paper", paper(), "ours", ours()).plans().table().rows();
        assertThat(rows).contains(List.of("seed", "1", "2")).allSatisfy(row -> assertThat(row.get(1)).isNotEqualTo(row.get(2)));
        assertThat(rows).extracting(row -> row.get(0)).doesNotContain("model", "name");
        assertThat(of("a", paper(), "b", paper()).tables()).extracting(SideBySide::key).doesNotContain("plan");
    }

    @Test
    void whatFollowsFromADifferenceIsNone() throws IOException {
        assertThat(of("a", tuned(1, ""), "b", tuned(2, "")).plans().table().rows()).containsExactly(List.of("seed", "1", "2"));
        assertThat(of("a", tuned(1, ""), "b", tuned(1, ", \"seed\": 7")).plans().table().rows())
                .extracting(row -> row.get(0), row -> row.get(2)).containsExactly(tuple("stages[1].fine-tune.seed", "7"));
        assertThat(of("a", tuned(1, ""), "b", tuned(2, ", \"seed\": 7")).plans().table().rows()).extracting(row -> row.get(0))
                .containsExactly("seed", "stages[1].fine-tune.seed");
    }

    @Test
    void tablesThatOnlyOneRunHasAreNotCompared() throws IOException {
        assertThat(of("a", paper(), "b", report(1, Optional.empty())).factors().isEmpty()).isTrue();
    }

    @Test
    void programsGetEveryDigit() throws IOException {
        var comparison = of("paper", paper(), "ours", ours());
        assertThat(comparison.exactTable().headers()).containsExactly("table", "of", "paper", "ours");
        assertThat(comparison.exactTable().rows()).contains(List.of("perplexity", "256 LongRoPE", "Infinity", ""),
                List.of("gain", "128 LongRoPE", "0.1", "0.2"), List.of("cost", "time of stages", "60.0", "30.0"));
        var tree = Json.mapper().readTree(Json.write(comparison.tree()));
        assertThat(tree.path("runs").get(1).asText()).isEqualTo("ours");
        var line = tree.path("perplexity").get(2);
        assertThat(line.path("length").intValue()).isEqualTo(128);
        assertThat(line.path("runs").path("ours").doubleValue()).isEqualTo(4.25);
        assertThat(comparison.markdown()).contains("## Gain over crop\n\n", "| 128    | LongRoPE | +0.1000 ± 0.0100 | +0.2000 |");
    }

    @Test
    void aChartHasALineForEachRunAndOneForCropWhereItIsTheSame() throws IOException {
        var drawn = new ComparisonPage(of("paper", paper(), "ours", ours())).perplexities();
        assertThat(drawn.columns()).containsExactly("crop", "paper n̂=0", "paper", "ours n̂=0", "ours");
        assertThat(drawn.rows().get(0).perplexities()).containsExactly(OptionalDouble.of(5), OptionalDouble.of(4.75),
                OptionalDouble.of(4.5), OptionalDouble.empty(), OptionalDouble.of(4.25));
        begin();
        cell(128, "crop", 7, Map.of());
        var other = report(2, Optional.empty());
        assertThat(new ComparisonPage(of("paper", paper(), "other", other)).perplexities().columns())
                .containsExactly("paper crop", "paper n̂=0", "paper", "other crop");
    }

    /** Another seed draws other samples, and figures on those say nothing of what the searches found. */
    @Test
    void runsMeasuredOnOtherSamplesAreToldToBeSo() throws IOException {
        assertThat(of("paper", paper(), "ours", ours()).perplexities().remark()).contains("Figures of runs compare where");
        begin();
        cell(128, "crop", 7, Map.of());
        var other = report(2, Optional.empty());
        assertThat(of("paper", paper(), "other", other).perplexities().remark())
                .contains("Crop is not the same in all runs").contains("hold each run against its own crop");
    }

    @Test
    void thePageDrawsAllOfIt() throws IOException {
        var names = new ArrayList<String>();
        var page = new HtmlPage("paper, ours", (figure, shows) -> {
            assertThat(figure.png()).isNotEmpty();
            names.add(figure.name());
            return "";
        });
        new ComparisonPage(of("paper", paper(), "ours", ours())).addTo(page);
        assertThat(names).containsExactly("perplexity-of-runs", "gain-of-runs", "retrieval-passkey-1", "factors-of-runs");
        assertThat(page.body()).contains("What the plans differ in", "diverged");
    }

    @Test
    void runsThatHaveNothingYetCompareToo() throws IOException {
        var comparison = of("one", report(1, Optional.empty()), "two", report(2, Optional.empty()));
        assertThat(comparison.tables()).extracting(SideBySide::key).containsExactly("plan", "cost");
        new ComparisonPage(comparison).addTo(new HtmlPage("", Pictures.INLINE));
        assertThatThrownBy(() -> new RunComparison(Map.of("one", report(1, Optional.empty())))).isInstanceOf(BadInput.class)
                .hasMessageContaining("two to 8");
    }

    private static RunComparison of(String first, RunReport one, String second, RunReport other) {
        var runs = new LinkedHashMap<String, RunReport>();
        runs.put(first, one);
        runs.put(second, other);
        return new RunComparison(runs);
    }

    private RunReport paper() throws IOException {
        begin();
        generation(40, 5120, 50);
        add(Kind.STAGE_FINISHED, "search-128", Map.of(), "", 60);
        cell(128, "crop", 5, Map.of());
        cell(128, "LongRoPE n̂=0", 4.75, Map.of());
        cell(128, "LongRoPE", 4.5, Map.of(JobEvent.GAIN, 0.1, JobEvent.GAIN_ERROR, 0.01));
        cell(256, "crop", 5, Map.of());
        cell(256, "LongRoPE", Double.POSITIVE_INFINITY, Map.of());
        passkey(0, 1);
        passkey(0.5, 0.25);
        add(Kind.FINISHED, "", Map.of(JobEvent.DEVICE_SECONDS, 5400.0), "", 80);
        return report(1, Optional.of(table(1, 0)));
    }

    private RunReport ours() throws IOException {
        begin();
        generation(8, 1024, 20);
        add(Kind.STAGE_FINISHED, "search-128", Map.of(), "", 30);
        cell(128, "crop", 5, Map.of());
        cell(128, "LongRoPE", 4.25, Map.of(JobEvent.GAIN, 0.2));
        cell(256, "crop", 5, Map.of());
        return report(2, Optional.of(table(1.5, 4)));
    }

    /** The highest of four frequencies is rescaled by a factor, the others by 2. */
    private static FactorTable table(double high, int startTokens) {
        var candidate = new Candidate(RescaleFactors.of(high, 2, 2, 2), startTokens, 1);
        return new FactorTable("model", new RopeGeometry(8, 10_000, 64),
                List.of(TableEntry.of(128, new Measured(candidate, OptionalDouble.of(4.5)))), List.of());
    }

    private RunReport report(long seed, Optional<FactorTable> table) throws IOException {
        var report = RunReport.of(plan(seed), new RunHistory(events),
                table.map(one -> Map.of(FoundTable.FINAL, one)).orElse(Map.of()), Optional.empty());
        events.clear();
        return report;
    }

    /** @param more keys of the fine-tune */
    private static RunReport tuned(long seed, String more) throws IOException {
        var plan = new PlanReader(PlanCheck.UNSEEN).read(Json.mapper().readTree("""
                {"schema": 1, "name": "run", "seed": %d, "model": "model", "data": {"evaluation": "text.txt", "training": "train.txt"},
                 "stages": [{"search": {"length": "128"}}, {"fine-tune": {"length": "128", "steps": 2, "batch": 1%s}}]}
                """.formatted(seed, more)));
        return RunReport.of(plan, new RunHistory(List.of()), Map.of(), Optional.empty());
    }

    private static JobPlan plan(long seed) throws IOException {
        return new PlanReader(PlanCheck.UNSEEN).read(Json.mapper().readTree("""
                {"schema": 1, "name": "run", "seed": %d, "model": "model", "data": {"evaluation": "text.txt"},
                 "stages": [{"search": {"length": "128", "on": "base"}}]}
                """.formatted(seed)));
    }

    private void begin() {
        add(Kind.STARTED, "", Map.of(), "driver", 0);
        add(Kind.STAGE_STARTED, "search-128", Map.of(), "", 0);
    }

    private void generation(double evaluations, double tokens, int second) {
        events.add(JobEvent.ofGeneration(JOB, "search-128", 1, Map.of(JobEvent.LENGTH, 128.0, JobEvent.BEST, 4.5, JobEvent.MEDIAN, 5.0,
                JobEvent.EVALUATIONS_DONE, evaluations, JobEvent.TOKENS, tokens), "", Instant.EPOCH.plusSeconds(second)));
    }

    private void cell(int length, String column, double perplexity, Map<String, Double> more) {
        var numbers = new LinkedHashMap<>(more);
        numbers.put(JobEvent.WINDOW, 64.0);
        numbers.put(JobEvent.LENGTH, (double) length);
        numbers.put(JobEvent.PERPLEXITY, perplexity);
        add(Kind.REPORTED, RunHistory.CLOSING, numbers, column, 70);
    }

    private void passkey(double depth, double accuracy) {
        add(Kind.REPORTED, RunHistory.RETRIEVAL + Retrieval.PASSKEY,
                Map.of(JobEvent.LENGTH, 128.0, JobEvent.DEPTH, depth, JobEvent.ACCURACY, accuracy), "LongRoPE", 75);
    }

    private void add(Kind kind, String stage, Map<String, Double> numbers, String message, int second) {
        events.add(JobEvent.ofStage(JOB, kind, stage, numbers, message, Instant.EPOCH.plusSeconds(second)));
    }
}
