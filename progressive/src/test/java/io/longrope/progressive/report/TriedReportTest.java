package io.longrope.progressive.report;

import io.longrope.progressive.stage.TriedCandidates;
import io.longrope.progressive.stage.TriedCandidates.Tried;
import io.longrope.search.evolution.adaptive.Importance;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the report shows of the candidates that searches tried. */
class TriedReportTest {

    @TempDir
    private Path directory;

    @Test
    void whatIsWrittenIsReadDivergedCandidatesToo() throws IOException {
        var search = search(3, 0, 0);
        var diverged = new Tried(3, 1, 0, search.trials().get(0).candidate(), List.of(Double.POSITIVE_INFINITY, 2.5), false);
        var all = new TriedCandidates("search-4096", 4096, List.of(search.trials().get(0), search.trials().get(1), diverged));
        write(all);

        assertThat(TriedFiles.read(directory)).containsExactly(all);
        assertThat(Files.readAllLines(directory.resolve("candidates/search-4096.json"))).as("a line for each, and one before and after")
                .hasSize(5);
    }

    @Test
    void runsThatKeptNoCandidatesHaveNone() throws IOException {
        assertThat(TriedFiles.read(directory)).isEmpty();
        assertThat(pictures(List.of())).isEmpty();
    }

    @Test
    void aBrokenFileIsNamed() throws IOException {
        Files.createDirectories(directory.resolve("candidates"));
        Files.writeString(directory.resolve("candidates/a.json"), "{\"stage\": \"a\", \"length\": 0, \"trials\": []}");
        assertThatThrownBy(() -> TriedFiles.read(directory)).isInstanceOf(BadInput.class).hasMessageContaining("a.json");
    }

    @Test
    void everySearchHasItsPicturesAndOneOfFewCandidatesNoImportance() throws IOException {
        assertThat(pictures(List.of(search(Importance.FEWEST, 0, 0)))).containsExactly("importance-search-4096-4096",
                "candidates-search-4096-4096");
        assertThat(pictures(List.of(search(Importance.FEWEST - 1, 0, 0)))).containsExactly("candidates-search-4096-4096");
        assertThat(pictures(List.of(search(1, 0, 0)))).isEmpty();
    }

    /** Losses of samples drawn anew do not compare with those before. */
    @Test
    void onlyTheLatestDrawIsShown() {
        var trials = new ArrayList<>(search(30, 0, 0).trials());
        trials.addAll(search(4, 30, 1).trials());
        assertThat(new TriedCandidates("search-4096", 4096, trials).comparable()).extracting(Tried::trial).containsExactly(30, 31, 32, 33);
    }

    private List<String> pictures(List<TriedCandidates> searches) throws IOException {
        var names = new ArrayList<String>();
        new TriedReport(searches).addTo(new HtmlPage("", (figure, shows) -> {
            names.add(figure.name());
            assertThat(figure.png()).isNotEmpty();
            assertThat(figure.width()).isLessThan(1160);
            return "";
        }));
        return names;
    }

    private void write(TriedCandidates search) throws IOException {
        Files.createDirectories(directory.resolve("candidates"));
        Files.writeString(directory.resolve("candidates/" + search.stage() + ".json"), TriedFiles.text(search));
    }

    private static TriedCandidates search(int count, int from, int draw) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        return new TriedCandidates("search-4096", 4096, IntStream.range(from, from + count).mapToObj(number -> {
            var factors = random.doubles(8, 1, 4).sorted().toArray();
            return new Tried(number, number / 8, draw, new Candidate(RescaleFactors.of(factors), number % 2 * 16, 1 + 0.01 * (number % 3)),
                    List.of(2 + factors[3]), number % 5 > 0);
        }).toList());
    }
}
