package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.imageio.ImageIO;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class BenchSearchCommandTest {

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void partsAddUpToWhatOneRunGivesAndNothingIsMeasuredTwice() throws IOException {
        search(directory.resolve("whole"), "--algorithms", "longrope,random", "--seeds", "2");
        var parts = directory.resolve("parts");
        search(parts, "--algorithms", "random", "--seeds", "2-2");
        // as if the process had died in the middle of a score, and of all that came later
        var scores = Files.readString(parts.resolve("results.jsonl"));
        Files.writeString(parts.resolve("results.jsonl"), scores.substring(0, scores.length() / 2));
        search(parts, "--algorithms", "random", "--seeds", "1,2");
        search(parts, "--algorithms", "longrope", "--seeds", "2");

        assertThat(sorted(parts.resolve("curves.csv"))).isEqualTo(sorted(directory.resolve("whole/curves.csv")));
        var ids = new ArrayList<String>();
        for (var line : Files.readAllLines(parts.resolve("results.jsonl"))) {
            ids.add(Json.mapper().readTree(line).path("id").textValue());
        }
        assertThat(ids).doesNotHaveDuplicates().hasSameSizeAs(Files.readAllLines(directory.resolve("whole/results.jsonl")));

        out.getBuffer().setLength(0);
        search(parts, "--algorithms", "longrope", "--seeds", "1", "--format", "json");
        assertThat(Files.readAllLines(parts.resolve("results.jsonl"))).hasSameSizeAs(ids);
        var rows = Json.mapper().readTree(out.toString()).path("rows");
        assertThat(rows).extracting(row -> row.path("algorithm").textValue()).containsExactly("pi", "yarn", "crop", "random", "longrope");
        assertThat(rows.get(2).path("unseen").doubleValue()).as("twice the window is more than this model can do")
                .isBetween(1.0, rows.get(0).path("unseen").doubleValue());
        assertThat(rows.get(4).path("seeds").intValue()).isEqualTo(2);
        assertThat(rows.get(4).path("evaluations").intValue()).isEqualTo(9);
        // one length: search and unseen samples side by side, at twice the resolution
        assertThat(ImageIO.read(parts.resolve("curves.png").toFile()).getWidth()).isEqualTo(2 * 2 * 560);
    }

    @Test
    void aTargetThatIsNoPerplexityIsRefused() {
        for (var target : List.of("4=0.5", "4=NaN")) {
            err.reset();
            assertThat(run("bench", "search", "--target", target, "--output", directory.toString())).isEqualTo(2);
            assertThat(err.toString(StandardCharsets.UTF_8).strip())
                    .isEqualTo("--target 4 must be a perplexity, at least 1, but was " + target.substring(2));
        }
    }

    @Test
    void racingScoresMoreCandidatesForTheSameTokens() throws IOException {
        searchOn(3, directory, "--algorithms", "adaptive+racing,random", "--seeds", "1", "--max-evaluations", "adaptive=16", "--format",
                "json");
        var rows = Json.mapper().readTree(out.toString()).path("rows");
        var racing = rows.get(3);
        assertThat(racing.path("algorithm").textValue()).isEqualTo("adaptive+racing");
        assertThat(racing.path("evaluations").intValue()).isGreaterThan(16);
        assertThat(racing.path("tokens").doubleValue()).isBetween(15.0 * 3 * 512, 16.0 * 3 * 512);
        assertThat(rows.get(4).path("tokens").doubleValue()).isEqualTo(9.0 * 3 * 512);
    }

    @Test
    void searchesOfOtherSamplesAreNotMixedIn() throws IOException {
        search(directory, "--algorithms", "random", "--seeds", "1");
        var before = Files.readString(directory.resolve("curves.csv"));
        assertThat(run("bench", "search", "--factors", "2", "--samples", "2", "--output", directory.toString())).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("must hold searches of the same settings")
                .contains("--output chooses another");
        assertThat(Files.readString(directory.resolve("curves.csv"))).isEqualTo(before);
    }

    @Test
    void badSeedsAreOneLine() {
        for (var seeds : List.of("0", "5-3", "a", "1,,2")) {
            err.reset();
            assertThat(run("bench", "search", "--seeds", seeds, "--output", directory.toString())).isEqualTo(2);
            assertThat(err.toString(StandardCharsets.UTF_8).strip()).startsWith("--seeds must be").endsWith("but was " + seeds);
        }
    }

    @Test
    void aDryRunMeasuresNothing() {
        assertThat(run("bench", "search", "--dry-run", "--output", directory.resolve("absent").toString())).isZero();
        assertThat(out.toString()).contains("6,720").contains("at most");
        assertThat(directory.resolve("absent")).doesNotExist();
    }

    private void search(Path output, String... arguments) {
        searchOn(1, output, arguments);
    }

    private void searchOn(int samples, Path output, String... arguments) {
        var all = new ArrayList<>(List.of("bench", "search", "java-1m", "--factors", "2", "--from", "pi,yarn", "--samples",
                Integer.toString(samples), "--selection-samples", "1",
                "--report-samples", "1", "--max-evaluations", "longrope=9,random=9", "--workers", "2", "--output", output.toString()));
        all.addAll(List.of(arguments));
        assertThat(run(all.toArray(String[]::new))).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
    }

    private static List<String> sorted(Path file) throws IOException {
        return Files.readAllLines(file).stream().sorted().toList();
    }

    private int run(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }
}
