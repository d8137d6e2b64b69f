package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.LossByPosition.Bin;
import io.longrope.progressive.report.RunHistory.Search;
import io.longrope.search.json.Json;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobEvent.Kind;
import io.longrope.search.job.JobId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

class RunHistoryTest {

    private static final JobId JOB = new JobId("job");

    @TempDir
    private Path directory;

    private final List<JobEvent> events = new ArrayList<>();

    @Test
    void whatAResumedJobTellsAgainIsThereOnceAndItsPauseIsNoWork() throws IOException {
        add(Kind.STARTED, "", Map.of(), "driver", 0);
        add(Kind.STAGE_STARTED, "search-64", Map.of(), "", 0);
        evaluation("worker-1", 10, 4);
        generation(0, 3.5, 10);
        evaluation("worker-1", 20, 2);
        // killed, and taken up an hour later
        add(Kind.STARTED, "", Map.of(), "driver", 3600);
        add(Kind.STAGE_STARTED, "search-64", Map.of(), "", 3600);
        generation(0, 3.5, 3601);
        generation(1, Double.POSITIVE_INFINITY, 3605);
        add(Kind.TABLE, "search-64", Map.of(JobEvent.LENGTH, 64.0, JobEvent.BEST, 3.0, JobEvent.FOR_ENGINES, 3.1, JobEvent.START_TOKENS,
                4.0, JobEvent.CROP, 3.0), "finalist 1", 3606);
        add(Kind.WARNING, "search-64", Map.of(JobEvent.GIVEN_UP, 3.0), "3 score tasks were given up and counted as the worst loss", 3607);
        add(Kind.STAGE_FINISHED, "search-64", Map.of(), "64: evaluation budget spent", 3607);
        write(events.stream().map(Json::write).collect(Collectors.joining("\n", "", "\n{\"job\": \"torn")));

        var history = RunHistory.read(directory);
        var search = new Search("search-64", 64);
        assertThat(history.searches()).containsOnlyKeys(search);
        assertThat(history.searches().get(search)).extracting(RunHistory.Generation::median).containsExactly(3.5, Double.POSITIVE_INFINITY);
        assertThat(history.stages().get("search-64").took()).isEqualTo(Duration.ofSeconds(20 + 7));
        assertThat(history.stages().get("search-64").message()).isEqualTo("64: evaluation budget spent");
        assertThat(history.spans()).extracting(RunHistory.Span::start).containsExactly(at(6), at(18));
        assertThat(history.choices().get(search).forEngines()).isEqualTo(3.1);
        assertThat(history.choices().get(search).crop()).contains(3.0);
        assertThat(history.starts()).isEqualTo(2);
        assertThat(history.caveats()).isEqualTo(Map.of("search-64", "3 score tasks were given up and counted as the worst loss"));
        assertThat(history.end()).isEmpty();

        add(Kind.FINISHED, "", Map.of(), "", 3608);
        write(events.stream().map(Json::write).collect(Collectors.joining("\n", "", "\n")));
        assertThat(RunHistory.read(directory).end()).get().extracting(JobEvent::kind).isEqualTo(Kind.FINISHED);
    }

    @Test
    void closingTablesAreReadFromTheCellsThatWereTold() throws IOException {
        cell(128, "crop", 2.5);
        add(Kind.REPORTED, RunHistory.CLOSING, Map.of(JobEvent.WINDOW, 64.0, JobEvent.LENGTH, 128.0, JobEvent.PERPLEXITY, 2.5,
                JobEvent.GAIN, 0.125, JobEvent.GAIN_ERROR, 0.5), "LongRoPE", 3609);
        cell(64, "crop", 2.5);
        write(events.stream().map(Json::write).collect(Collectors.joining("\n", "", "\n")));
        var table = ClosingTable.of(RunHistory.read(directory), RunHistory.CLOSING).orElseThrow();
        var report = table.perplexities();
        assertThat(report.window()).isEqualTo(64);
        assertThat(report.rows()).containsExactly(
                new PerplexityReport.Row(64, List.of(OptionalDouble.of(2.5), OptionalDouble.empty())),
                new PerplexityReport.Row(128, List.of(OptionalDouble.of(2.5), OptionalDouble.of(2.5))));
        assertThat(report.remarks()).singleElement().asString().startsWith("LongRoPE does not beat crop at 128: the base model that sees "
                + "its last 64 tokens only");
        assertThat(table.gains()).contains(new PositionReport(MetricTable.Quantity.GAIN, 64,
                List.of("LongRoPE"), List.of(new PositionReport.Row(128, new Bin(64, 128),
                List.of(Optional.of(new Estimate(0.125, OptionalDouble.of(0.5))))))));
        assertThat(ClosingTable.of(RunHistory.read(directory), RunHistory.BY_FINE_TUNE)).isEmpty();
    }

    @Test
    void aRunWithoutHistoryHasNone() throws IOException {
        assertThat(RunHistory.read(directory).events()).isEmpty();
    }

    private void evaluation(String worker, int second, double seconds) {
        add(Kind.EVALUATION, "search-64", Map.of(JobEvent.SECONDS, seconds, JobEvent.TOKENS, 64.0), worker, second);
    }

    private void generation(int number, double median, int second) {
        events.add(JobEvent.ofGeneration(JOB, "search-64", number,
                Map.of(JobEvent.LENGTH, 64.0, JobEvent.BEST, 3.0, JobEvent.MEDIAN, median,
                JobEvent.EVALUATIONS_DONE, 8.0, JobEvent.TOKENS, 512.0), "", at(second)));
    }

    private void add(Kind kind, String stage, Map<String, Double> numbers, String message, int second) {
        events.add(JobEvent.ofStage(JOB, kind, stage, numbers, message, at(second)));
    }

    private void cell(int length, String column, double perplexity) {
        add(Kind.REPORTED, RunHistory.CLOSING, Map.of(JobEvent.WINDOW, 64.0, JobEvent.LENGTH, (double) length, JobEvent.PERPLEXITY,
                perplexity), column, 3609);
    }

    private void write(String text) throws IOException {
        Files.writeString(directory.resolve(RunHistory.FILE), text);
    }

    private static Instant at(int second) {
        return Instant.EPOCH.plusSeconds(second);
    }
}
