package io.longrope.progressive.bench;

import io.longrope.progressive.bench.CurvePoint.Kind;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SearchBenchTableTest {

    @Test
    void theTargetIsTheMedianOfWhatLongropeReachedAndSharesAreOfWhatItSpent() {
        var points = new ArrayList<CurvePoint>();
        points.addAll(search("longrope", 1, 1000, 3.0, 1000));
        points.addAll(search("longrope", 2, 1000, 2.8, 700));
        points.addAll(search("longrope", 3, 1000, 2.9, 900));
        points.addAll(search("adaptive", 1, 100, 2.7, 20));
        points.addAll(search("adaptive", 2, 100, 2.9, 50));
        points.addAll(search("adaptive", 3, 100, 2.95, 40));
        points.addAll(search("random", 1, 1000, 4, 10));
        points.add(new CurvePoint("pi", 0, 4, Kind.SEED, 1, 10, 9, OptionalDouble.of(9.1), OptionalDouble.of(9.2)));
        var rows = SearchBenchTable.of(points, Map.of()).rows();

        assertThat(rows).extracting(SearchBenchTable.Row::algorithm).containsExactly("pi", "longrope", "adaptive", "random");
        var longrope = rows.get(1);
        assertThat(longrope.search()).isEqualTo(2.9);
        assertThat(longrope.reached()).isEqualTo(2);
        assertThat(longrope.evaluationShare()).hasValue(0.9);
        var adaptive = rows.get(2);
        assertThat(adaptive.evaluationsToTarget()).hasValue(50);
        assertThat(adaptive.evaluationShare()).hasValue(0.05);
        assertThat(adaptive.tokensToTarget()).hasValue(500);
        assertThat(adaptive.tokenShare()).hasValue(0.05);
        assertThat(adaptive.unseen()).isEqualTo(3.4);
        assertThat(adaptive.unseenBest()).isEqualTo(3.2);
        assertThat(adaptive.unseenWorst()).isEqualTo(3.45);
        assertThat(rows.get(3).evaluationsToTarget()).isEmpty();
        assertThat(rows.get(3).reached()).isZero();
    }

    @Test
    void withoutLongropeThereIsNoTarget() {
        var rows = SearchBenchTable.of(search("adaptive", 1, 100, 2.7, 20), Map.of()).rows();
        assertThat(rows.get(0).evaluationsToTarget()).isEmpty();
        assertThat(rows.get(0).reached()).isZero();
        assertThat(SearchBenchTable.of(search("adaptive", 1, 100, 2.7, 20), Map.of()).table().aligned()).contains("0/1");
    }

    /** What another program came to; 1,344 evaluations at the price of a full one are the whole of it. */
    @Test
    void aTargetMayBeGiven() {
        var rows = SearchBenchTable.of(search("adaptive", 1, 100, 2.7, 20), Map.of(4, 2.75, 8, 1.0)).rows();
        assertThat(rows.get(0).reached()).isEqualTo(1);
        assertThat(rows.get(0).evaluationsToTarget()).hasValue(20);
        assertThat(rows.get(0).evaluationShare()).hasValue(20 / 1344.0);
        assertThat(rows.get(0).tokensToTarget()).hasValue(200);
        assertThat(rows.get(0).tokenShare()).hasValue(200 / 13440.0);

        assertThat(SearchBenchTable.of(search("adaptive", 1, 100, 2.7, 20), Map.of(4, 2.65)).rows().get(0).reached()).isZero();
    }

    @Test
    void aPointIsReadAsItWasWritten() {
        for (var point : search("adaptive+racing", 7, 100, Double.POSITIVE_INFINITY, 20)) {
            assertThat(CurvePoint.of(String.join(",", point.cells()).split(",", -1))).isEqualTo(point);
        }
    }

    @Test
    void budgetsAreThePapersUnlessGiven() {
        assertThat(Entrant.of("longrope", Map.of()).maxEvaluations()).isEqualTo(1344);
        assertThat(Entrant.of("adaptive", Map.of()).maxEvaluations()).isEqualTo(134);
        assertThat(Entrant.of("adaptive+racing", Map.of("adaptive", 50)))
                .isEqualTo(new Entrant("adaptive", true, List.of(), SpaceOptions.PAPERS, 50));
        assertThatThrownBy(() -> Entrant.of("adaptve", Map.of())).isInstanceOf(BadInput.class).hasMessageContaining("did you mean");
    }

    @Test
    void optionsOfTheSpaceStandAfterTheAlgorithm() {
        var entrant = Entrant.of("adaptive+groups=8+any-order+racing+may-stop=4", Map.of("adaptive", 50));
        assertThat(entrant).isEqualTo(new Entrant("adaptive", true, List.of(),
                new SpaceOptions(false, 8, 4, SearchSpace.PAPER_START_TOKENS, SpaceOptions.PAPERS.attention()), 50));
        assertThat(entrant.name()).isEqualTo("adaptive+racing+any-order+groups=8+may-stop=4");
        assertThat(Entrant.of(entrant.name(), Map.of("adaptive", 50))).isEqualTo(entrant);
        assertThatThrownBy(() -> Entrant.of("adaptive+raicng", Map.of())).isInstanceOf(BadInput.class)
                .hasMessageContaining("did you mean 'racing'?");
        assertThatThrownBy(() -> Entrant.of("adaptive+groups", Map.of())).isInstanceOf(BadInput.class)
                .hasMessageContaining("must give the option a whole number, but was groups");
    }

    @Test
    void startTokensAndAttentionFactorsAreOptionsToo() {
        var geometry = new RopeGeometry(32, 10_000, 256);
        var papers = SpaceOptions.PAPERS.of(geometry, 2048).build();
        assertThat(papers.startTokens()).isEqualTo(SearchSpace.PAPER_START_TOKENS);
        assertThat(papers.attention()).isEqualTo(AttentionRange.fixed(Math.sqrt(1 + Math.log(8) / Math.log(256))));

        var entrant = Entrant.of("adaptive+attention=0.9:1.25+start-tokens=16:0:4", Map.of("adaptive", 50));
        assertThat(entrant.name()).isEqualTo("adaptive+start-tokens=0:4:16+attention=0.9:1.25");
        assertThat(Entrant.of(entrant.name(), Map.of("adaptive", 50))).isEqualTo(entrant);
        var space = entrant.space().of(geometry, 2048).build();
        assertThat(space.startTokens()).containsExactly(0, 4, 16);
        assertThat(space.attention()).isEqualTo(new AttentionRange(0.9, 1.25, 0.01));
        assertThatThrownBy(() -> Entrant.of("adaptive+attention=1", Map.of())).isInstanceOf(BadInput.class)
                .hasMessageContaining("such as 1:1.5");
        assertThatThrownBy(() -> Entrant.of("adaptive+start-tokens=", Map.of())).isInstanceOf(BadInput.class)
                .hasMessageContaining("such as 0:4:16");
    }

    @Test
    void racingSpendsTheTokensOfItsBudget() {
        assertThat(new Entrant("adaptive", false, List.of(), SpaceOptions.PAPERS, 10).settings(1, 5, 100, 4))
                .isEqualTo(SearchSettings.builder().maxEvaluations(10).seed(1).build());
        assertThat(new Entrant("adaptive", true, List.of(), SpaceOptions.PAPERS, 10).settings(1, 5, 100, 4))
                .isEqualTo(SearchSettings.builder().maxEvaluations(50).maxTokens(5000).racing(true).seed(1).build());
    }

    /** Reaches its final value after {@code reachedAfter} evaluations of ten tokens; unseen text is 0.5 worse. */
    private static List<CurvePoint> search(String algorithm, long seed, int evaluations, double last, int reachedAfter) {
        return List.of(point(algorithm, seed, Kind.BEST, 1, 8), point(algorithm, seed, Kind.BEST, reachedAfter, last),
                point(algorithm, seed, Kind.BEST, evaluations, last), point(algorithm, seed, Kind.CHOSEN, evaluations, last));
    }

    private static CurvePoint point(String algorithm, long seed, Kind kind, int evaluations, double search) {
        return new CurvePoint(algorithm, seed, 4, kind, evaluations, 10L * evaluations, search,
                OptionalDouble.of(search + 0.25), OptionalDouble.of(search + 0.5));
    }
}
