package io.longrope.progressive.driver;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.work.SampleShare;
import io.longrope.search.json.Json;
import io.longrope.search.job.JobEvent;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.HtmlPage;
import io.longrope.progressive.report.RunHistory;
import io.longrope.progressive.report.RunReport;
import io.longrope.progressive.report.TradeOff;
import io.longrope.progressive.report.TriedFiles;
import io.longrope.progressive.stage.PlanCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What a job's closing tables, its page and its log say of what was measured. */
class JobReportTest {

    @TempDir
    private Path directory;

    @Test
    void theReportShowsEveryMethodAtEveryLengthAndSearchingPays() throws Exception {
        var job = job("run");
        var report = job.run(2, job::measure);
        assertThat(report.columns()).containsExactly("RoPE", "PI", "NTK", "dynamic NTK", "YaRN", "crop", "LongRoPE n̂=0", "LongRoPE",
                "LongRoPE tuned n̂=0", "LongRoPE tuned");
        assertThat(report.rows()).extracting(row -> row.length()).containsExactly(256, 512, 1024, 4096);
        for (var row : report.rows().subList(2, 4)) {
            double longRope = row.perplexities().get(7).orElseThrow();
            double tuned = row.perplexities().get(9).orElseThrow();
            assertThat(row.perplexities().subList(0, 5)).allSatisfy(known -> assertThat(longRope).isLessThanOrEqualTo(known.orElseThrow()));
            assertThat(tuned).as("length " + row.length()).isLessThanOrEqualTo(longRope);
        }
        assertThat(job.trainings).hasValue(1);
    }

    /** The model that sees its window only is the best there can be in this formula: its loss is that of its own window. */
    @Test
    void cropStandsBesideEveryTableAndLogAndReportSayWhereItIsNotBeaten() throws Exception {
        var job = job("run");
        var report = job.run(2, job::measure);

        int crop = report.columns().indexOf("crop");
        var within = report.rows().get(0).perplexities();
        assertThat(within.get(crop)).as("within the window crop is the model as it is").isEqualTo(within.get(0));
        assertThat(job.scored).filteredOn(task -> task.window().isPresent()).isNotEmpty().allSatisfy(task -> {
            assertThat(task.window()).hasValue(256);
            assertThat(task.sample().length()).isGreaterThan(256);
            assertThat(task.model().path()).as("nobody trained it").isEqualTo("base");
        });
        assertThat(job.events).filteredOn(event -> event.kind() == JobEvent.Kind.TABLE).allSatisfy(event ->
                assertThat(event.numbers().containsKey(JobEvent.CROP)).isEqualTo(event.numbers().get(JobEvent.LENGTH) > 256));
        assertThat(report.remarks()).containsExactly("LongRoPE n̂=0, LongRoPE, LongRoPE tuned n̂=0, LongRoPE tuned do not beat crop at "
                + "512, 1024, 4096: the base model that sees its last 256 tokens only has a perplexity at least as low.");
        var run = directory.resolve("run");
        Files.writeString(run.resolve(RunHistory.FILE), job.events.stream().map(event -> Json.write(event) + "\n")
                .collect(Collectors.joining()));
        assertThat(Files.readString(RunReport.read(run).write(run))).contains("LongRoPE tuned do not beat crop at")
                .contains("<p>Of search-4096: the table chosen for 4096 does not beat crop: perplexity ");
        assertThat(Files.readString(run.resolve("report.md"))).contains("LongRoPE tuned do not beat crop at");
    }

    @Test
    void whatOneTableForAllLengthsCostsIsMeasured() throws Exception {
        var job = job("run");
        job.run(2, job::measure);

        var tradeOff = TradeOff.read(directory.resolve("run")).orElseThrow();
        assertThat(tradeOff.exported()).contains("table for 4096");
        var costs = tradeOff.costs("table for 4096");
        assertThat(costs).extracting(TradeOff.Cost::length).containsExactly(256, 512, 1024, 4096);
        assertThat(costs.get(0).share()).as("a table for sixteen windows within one").isPositive();
        assertThat(costs.get(3).share()).as("at the length it was made for").isZero();
        assertThat(tradeOff.sentences(4096)).hasSize(3).first().asString().startsWith("the table for 4096 at 256: perplexity ");
        assertThat(TradeOff.of(new RunHistory(job.events))).contains(tradeOff);
        RunReport.read(directory.resolve("run")).write(directory.resolve("run"));
        assertThat(Files.readString(directory.resolve("run/report.html"))).contains("One table for all lengths");
        assertThat(directory.resolve("run/charts")).isDirectoryContaining(file -> file.endsWith("one-table-for-all-lengths.png"));
        assertThat(Files.readString(directory.resolve("run/report.md"))).contains("One table kept at all lengths", "table for 4096");
    }

    @Test
    void whereTablesBeatCropNothingIsSaid() throws Exception {
        var job = job("run");
        var report = job.run(2, task -> job.measure(task) + (task.window().isPresent() ? 9 : 0));
        assertThat(report.remarks()).isEmpty();

        var gains = Json.mapper().readTree(directory.resolve("run/gain.json").toFile());
        assertThat(gains.path("columns")).extracting(JsonNode::asText).doesNotContain("crop").contains("RoPE", "LongRoPE tuned");
        assertThat(gains.path("rows")).extracting(row -> row.path("length").intValue()).containsExactly(512, 1024, 4096);
        var last = report.rows().get(3).perplexities();
        double expected = Math.log(last.get(report.columns().indexOf("crop")).orElseThrow())
                - Math.log(last.get(report.columns().indexOf("LongRoPE tuned")).orElseThrow());
        assertThat(gains.path("rows").path(2).path("gain").path("LongRoPE tuned").doubleValue()).isCloseTo(expected, within(1e-9));
        assertThat(gains.path("rows").path(2).path("standardError").path("LongRoPE tuned").doubleValue()).isBetween(0.0, 0.01);
        assertThat(job.events).filteredOn(event -> event.kind() == JobEvent.Kind.REPORTED && event.message().equals("LongRoPE tuned")
                && event.numbers().get(JobEvent.LENGTH) == 4096).singleElement()
                .satisfies(event -> assertThat(event.numbers().get(JobEvent.GAIN)).isCloseTo(expected, within(1e-9)));
        var positions = Files.readAllLines(directory.resolve("run/positions.csv"));
        assertThat(positions.get(0)).startsWith("length,from,to,RoPE,PI,");
        assertThat(positions).filteredOn(line -> line.startsWith("512,256,362,")).hasSize(1);
        assertThat(Files.readString(directory.resolve("run/report.md"))).contains("Gain: mean over the tokens beyond");
        assertThat(job.scored).filteredOn(task -> task.sample().share() == SampleShare.REPORT)
                .as("one pass for perplexity, positions and gain").doesNotHaveDuplicates()
                .allSatisfy(task -> assertThat(task.borders()).isNotEmpty());
        RunReport.read(directory.resolve("run")).write(directory.resolve("run"));
        assertThat(Files.readString(directory.resolve("run/report.html"))).contains("What the longer window is worth",
                "Mean loss of the tokens by their position");
        assertThat(directory.resolve("run/charts")).isDirectoryContaining(file -> file.endsWith("loss-by-position.png"))
                .isDirectoryContaining(file -> file.endsWith("gain-by-length.png"));
    }

    @Test
    void everyCandidateASearchScoredIsKeptAndDrawn() throws Exception {
        var job = job("run");
        job.run(2, job::measure);
        var run = directory.resolve("run");

        assertThat(run.resolve("candidates")).isDirectoryContaining(file -> file.endsWith("search-4096-base.json"))
                .isDirectoryContaining(file -> file.endsWith("recovery-256.json"));
        var search = Json.mapper().readTree(run.resolve("candidates/search-4096-base.json").toFile());
        int spent = Json.mapper().readTree(run.resolve("stages/2-search-4096-base.json").toFile()).path("output").path("costs").path(0)
                .path("evaluations").intValue();
        assertThat(search.path("trials")).hasSize(spent);
        assertThat(search.path("trials")).extracting(trial -> trial.path("trial").intValue())
                .containsExactlyElementsOf(IntStream.range(0, spent).boxed().toList());
        assertThat(new RunHistory(job.events).tried()).extracting(TriedFiles::text)
                .contains(Files.readString(run.resolve("candidates/search-4096-base.json")));
    }

    /** A live page has nothing else. */
    @Test
    void theJobLogAloneTellsWhatTheRunDirectoryHolds() throws Exception {
        var job = job("run");
        job.run(2, job::measure);
        var told = pictures(RunReport.of(job.plan(), new RunHistory(job.events), Map.of(), Optional.empty()));
        assertThat(told).containsKeys("importance-search-4096-base-4096", "candidates-search-4096-base-4096");
        var kept = pictures(RunReport.read(directory.resolve("run")));
        for (var name : List.of("gain-by-length", "loss-by-position")) {
            assertThat(told.get(name)).as(name).isNotNull().isEqualTo(kept.get(name));
        }
    }

    /** What they show, by name. */
    private static Map<String, Object> pictures(RunReport report) throws IOException {
        var pictures = new HashMap<String, Object>();
        report.addFindings(new HtmlPage("", (figure, shows) -> {
            pictures.put(figure.name(), shows);
            return "";
        }));
        return pictures;
    }

    private FakeJob job(String name) throws IOException {
        var plan = new PlanReader(PlanCheck.UNSEEN).read(Files.writeString(directory.resolve("plan.yaml"), JobRunnerTest.PLAN), List.of());
        return new FakeJob(plan, directory.resolve(name), directory.resolve("base"));
    }
}
