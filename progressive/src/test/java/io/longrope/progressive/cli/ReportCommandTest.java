package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

import static org.assertj.core.api.Assertions.assertThat;

class ReportCommandTest {

    @TempDir
    private Path directory;
    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void severalRunsStandSideBySideAndNoneOfThemIsWrittenTo() throws IOException {
        var paper = finished("runs/paper", 4.5);
        var ours = finished("runs/ours", 4.25);
        var before = List.of(files(paper), files(ours));
        var page = directory.resolve("pages/comparison.html");
        assertThat(run("report", paper.toString(), "ours", "--runs", directory.resolve("runs").toString(), "--output", page.toString()))
                .as(errors()).isZero();
        assertThat(out.toString()).contains("| 128    | LongRoPE | 4.500 | 4.250 |");
        assertThat(errors()).contains(page.toString());
        assertThat(Files.readString(page)).contains("<h1>paper, ours</h1>", "data:image/png;base64,").doesNotContain("http:", "<script");
        assertThat(List.of(files(paper), files(ours))).isEqualTo(before);
        assertThat(run("report", paper.toString(), ours.toString(), "--format", "csv", "--output", page.toString())).isZero();
        assertThat(out.toString()).startsWith("table,of,paper,ours").contains("perplexity,128 LongRoPE,4.5,4.25");
        assertThat(run("report", paper.toString(), ours.toString(), "--format", "json", "--output", page.toString())).isZero();
        assertThat(Json.mapper().readTree(out.toString()).path("runs").get(0).asText()).isEqualTo("paper");
    }

    @Test
    void runsOfOneNameAreToldApartByTheirPathsAndOneTwiceIsRefused() throws IOException {
        var here = finished("here/run", 4.5);
        var there = finished("there/run", 4.25);
        var page = directory.resolve("comparison.html").toString();
        assertThat(run("report", here.toString(), there.toString(), "--format", "csv", "--output", page)).as(errors()).isZero();
        assertThat(out.toString()).startsWith("table,of," + here + "," + there);
        assertThat(run("report", here.toString(), here.toString(), "--output", page)).isEqualTo(2);
        assertThat(errors()).contains("runs must be different ones to compare");
    }

    @Test
    void thePageOfOneRunGoesIntoItsDirectoryUnlessItIsToGoElsewhere() throws IOException {
        var run = finished("run", 4.5);
        Files.writeString(run.resolve("report.md"), "the table\n");
        var before = files(run);
        assertThat(run("report", run.toString(), "--output", directory.resolve("page.html").toString())).as(errors()).isZero();
        assertThat(directory.resolve("page.html")).content().contains("Perplexity by length and method");
        assertThat(files(run)).isEqualTo(before);
        assertThat(run("report", run.toString())).as(errors()).isZero();
        assertThat(out).hasToString("the table\n");
        assertThat(run.resolve("report.html")).exists();
    }

    /** With a closing table of two methods at one length. */
    private Path finished(String name, double perplexity) throws IOException {
        var run = Files.createDirectories(directory.resolve(name));
        var plan = new PlanReader(PlanCheck.UNSEEN).read(Json.mapper().readTree("""
                {"schema": 1, "name": "run", "model": "model", "data": {"evaluation": "text.txt"},
                 "stages": [{"search": {"length": "128", "on": "base"}}]}
                """));
        Files.writeString(run.resolve("plan.yaml"), plan.toYaml());
        Files.writeString(run.resolve("layout"), "2\n");
        Files.writeString(run.resolve("report.json"), Json.write(new PerplexityReport(64, List.of("crop", "LongRoPE"),
                List.of(new PerplexityReport.Row(128, List.of(OptionalDouble.of(5), OptionalDouble.of(perplexity))))).tree()));
        return run;
    }

    private static List<String> files(Path run) throws IOException {
        try (var files = Files.walk(run)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.reset();
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), args);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
