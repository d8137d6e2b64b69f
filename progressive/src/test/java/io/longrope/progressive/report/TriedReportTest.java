package io.longrope.progressive.report;

import io.longrope.progressive.stage.TriedCandidates;
import io.longrope.search.evolution.adaptive.Importance;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.Tried;
import io.longrope.search.json.Json;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What the report shows of the candidates that searches tried. */
class TriedReportTest {

    @Test
    void whatIsWrittenIsReadDivergedCandidatesToo() throws IOException {
        var search = search(3, 0, 0);
        var diverged = new Tried(3, 1, 0, search.trials().get(0).candidate(), List.of(Double.POSITIVE_INFINITY, 2.5), false);
        var all = new TriedCandidates("search-4096", 4096, List.of(search.trials().get(0), search.trials().get(1), diverged));

        var text = TriedFiles.text(all);
        assertThat(Json.mapper().readValue(text, TriedCandidates.class)).isEqualTo(all);
        assertThat(text.lines()).as("a line for each, and one before and after").hasSize(5);
    }

    @Test
    void whatWasToldTwiceInAnotherOrderIsThereOnceInTheOrderItWasAsked() {
        var search = search(5, 0, 0);
        var events = new ArrayList<>(told(search.trials().subList(0, 3)));
        events.addAll(told(List.of(search.trials().get(4), search.trials().get(3), search.trials().get(1))));
        assertThat(new RunHistory(events).tried()).containsExactly(search);
    }

    @Test
    void manyAreToldInEventsThatAreNotTooLarge() {
        var layers = new double[2000][8];
        IntStream.range(0, 2000).forEach(layer -> Arrays.fill(layers[layer], 2));
        var tried = IntStream.range(0, 5).mapToObj(number -> new Tried(number, 0, 0,
                new Candidate(RescaleFactors.perLayer(layers), 0, 1), List.of(2.0), true)).toList();
        var events = told(tried);
        assertThat(events).extracting(event -> event.tried().size()).containsExactly(2, 2, 1);
        assertThat(events.stream().flatMap(event -> event.tried().stream())).containsExactlyElementsOf(tried);
    }

    @Test
    void runsThatToldOfNoCandidatesHaveNoPictures() throws IOException {
        assertThat(pictures(new RunHistory(List.of()).tried())).isEmpty();
    }

    /** Fitting takes a while: a page that is drawn anew must not fit what it has fitted. */
    @Test
    void importanceIsWhatItIsWhetherItWasFittedBeforeOrNot() throws IOException {
        var searches = List.of(search(Importance.FEWEST, 0, 0));
        var report = new TriedReport(searches);
        var first = shown(report);
        assertThat(first).hasSize(2);
        assertThat(shown(report.following(searches))).isEqualTo(first).isEqualTo(shown(new TriedReport(searches)));
        assertThat(shown(report.following(List.of(search(Importance.FEWEST + 1, 0, 0))))).isNotEqualTo(first);
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

    private static List<JobEvent> told(List<Tried> tried) {
        return JobEvent.tried(new JobId("job"), "search-4096", 4096, tried, Instant.EPOCH);
    }

    private static List<Object> shown(TriedReport report) throws IOException {
        var shown = new ArrayList<>();
        report.addTo(new HtmlPage("", (figure, shows) -> {
            shown.add(shows);
            return "";
        }));
        return shown;
    }

    private static List<String> pictures(List<TriedCandidates> searches) throws IOException {
        var names = new ArrayList<String>();
        new TriedReport(searches).addTo(new HtmlPage("", (figure, shows) -> {
            names.add(figure.name());
            assertThat(figure.png()).isNotEmpty();
            assertThat(figure.width()).isLessThan(1160);
            return "";
        }));
        return names;
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
