package io.longrope.search.evolution.perlayer;

import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.Landscapes.Recorder;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.evolution.SearchResult.End;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Trial;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class LayerSearchTest {

    private static final int LAYERS = 6;
    private static final SearchSpace SPACE = SearchSpace.of(Landscapes.GEOMETRY, 8).layers(LAYERS).build();
    private static final SearchSettings SETTINGS = SearchSettings.builder().maxEvaluations(60).batch(4).build();
    private static final LayerCurve BEST = new LayerCurve(List.of(0.8, 1.1, 0.9));

    /** Squared distance of ln λ to the second seed at the powers of a curve. */
    private static double loss(Candidate candidate) {
        double sum = 0;
        var table = Landscapes.seeds().get(1).factors();
        for (int layer = 0; layer < LAYERS; layer++) {
            var row = candidate.factors().layer(layer);
            for (int pair = 0; pair < row.length; pair++) {
                sum += Math.pow(Math.log(row[pair]) - BEST.at(layer / (LAYERS - 1.0)) * Math.log(table.get(pair)), 2);
            }
        }
        return sum;
    }

    @Test
    void aCurveOfHeightsOneLeavesTheTableToEveryLayer() {
        double[] bounds = {1, 1, 1};
        var applied = LayerCurve.FLAT.applied(RescaleFactors.of(1, 2, Double.POSITIVE_INFINITY), 3, bounds, new double[] {8, 8, 8});
        for (int layer = 0; layer < 3; layer++) {
            assertThat(applied.layer(layer)).containsExactly(new double[] {1, 2, Double.POSITIVE_INFINITY}, within(1e-12));
        }
    }

    @Test
    void aCurveBeginsAndEndsAtItsHeightsAndIsPulledByTheMiddleOne() {
        var curve = new LayerCurve(List.of(0.5, 2.0, 1.5));
        assertThat(curve.at(0)).isEqualTo(0.5);
        assertThat(curve.at(1)).isEqualTo(1.5);
        assertThat(curve.at(0.5)).isCloseTo(0.25 * 0.5 + 0.5 * 2 + 0.25 * 1.5, within(1e-12));
    }

    @Test
    void theTablesGivenComeFirstAndTheBestOfThemIsBentTowardsTheBestCurve() throws InterruptedException {
        var recorder = new Recorder(LayerSearchTest::loss);
        var result = search(SPACE, SETTINGS, recorder);

        var tables = Landscapes.seeds().stream().map(seed -> SPACE.candidate(SPACE.nearest(seed))).toList();
        assertThat(recorder.generations.get(0)).isEqualTo(tables);
        assertThat(recorder.generations.get(1)).hasSize(4).allMatch(candidate -> candidate.factors().isPerLayer());
        assertThat(result.best().loss()).isLessThan(0.05 * loss(tables.get(1)));
        assertThat(result.evaluations()).isEqualTo(60);
        assertThat(result.end()).isEqualTo(End.EVALUATIONS);
        assertThat(recorder.candidates()).doesNotHaveDuplicates().allSatisfy(candidate -> {
            assertThat(candidate.factors().isMonotone()).isTrue();
            assertThat(candidate.factors().max()).isLessThanOrEqualTo(10);
        });
    }

    @Test
    void pairsThatDoNotTurnTurnInNoLayer() throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).layers(LAYERS).stoppable(4).build();
        var stopped = Landscapes.seeds().get(1).factors().layer(0);
        stopped[15] = Double.POSITIVE_INFINITY;
        var seed = new Candidate(RescaleFactors.of(stopped), 0, 1);
        var optimizer = SearchAlgorithms.named("per-layer").start(space, SETTINGS, List.of(seed));
        optimizer.ask(9).forEach(trial -> optimizer.tell(trial, Measurement.of(1, 1)));
        assertThat(optimizer.ask(9)).hasSize(4).allSatisfy(trial -> {
            for (int layer = 0; layer < LAYERS; layer++) {
                assertThat(trial.candidate().factors().layer(layer)[15]).isInfinite();
                assertThat(trial.candidate().factors().layer(layer)[14]).isFinite();
            }
        });
    }

    @Test
    void theSameTrialsInWhateverOrderTheyAreAnswered() {
        var expected = told(new Random(1));
        assertThat(expected).hasSize(60);
        for (int seed = 2; seed < 6; seed++) {
            assertThat(told(new Random(seed))).isEqualTo(expected);
        }
    }

    private static List<Trial> told(Random random) {
        var optimizer = SearchAlgorithms.named("per-layer").start(SPACE, SETTINGS, Landscapes.seeds());
        var trials = new ArrayList<Trial>();
        var open = new ArrayList<Trial>();
        while (true) {
            var asked = optimizer.ask(1 + random.nextInt(3));
            trials.addAll(asked);
            open.addAll(asked);
            if (open.isEmpty()) {
                return trials;
            }
            if (asked.isEmpty() || random.nextBoolean()) {
                var answered = open.remove(random.nextInt(open.size()));
                optimizer.tell(answered, Measurement.of(loss(answered.candidate()), 1));
            }
        }
    }

    @Test
    void budgetsAndPatienceEndIt() throws InterruptedException {
        for (int budget : new int[] {1, 2, 3, 7}) {
            var settings = SETTINGS.toBuilder().maxEvaluations(budget).build();
            assertThat(search(SPACE, settings, new Recorder(LayerSearchTest::loss)).evaluations()).isEqualTo(budget);
        }
        var byTokens = search(SPACE, SETTINGS.toBuilder().maxTokens(1_250).build(), new Recorder(LayerSearchTest::loss));
        assertThat(byTokens.end()).isEqualTo(End.TOKENS);
        assertThat(byTokens.evaluations()).isEqualTo(12);
        var withoutGain = search(SPACE, SETTINGS.toBuilder().patience(3).build(), new Recorder(candidate -> 1));
        assertThat(withoutGain.end()).isEqualTo(End.PATIENCE);
        assertThat(withoutGain.evaluations()).isEqualTo(2 + 3 * 4);
    }

    @Test
    void whereEverythingDivergesItEnds() throws InterruptedException {
        assertThat(search(SPACE, SETTINGS, new Recorder(candidate -> Double.POSITIVE_INFINITY)).evaluations()).isEqualTo(60);
    }

    @Test
    void whatItCannotDoIsRefused() {
        var algorithm = SearchAlgorithms.named("per-layer");
        assertThatThrownBy(() -> algorithm.start(Landscapes.space(), SETTINGS, Landscapes.seeds())).isInstanceOf(BadInput.class)
                .hasMessageContaining("a model of one layer");
        assertThatThrownBy(() -> algorithm.start(SPACE, SETTINGS, List.of())).isInstanceOf(BadInput.class)
                .hasMessageContaining("search.start");
        assertThatThrownBy(() -> algorithm.start(SPACE, SETTINGS.toBuilder().racing(true).build(), Landscapes.seeds()))
                .isInstanceOf(BadInput.class).hasMessageContaining("search.racing must be false for algorithm per-layer");
        var multipliers = SearchSpace.of(Landscapes.GEOMETRY, 8).layers(LAYERS).base(RescaleFactors.identity(16)).build();
        assertThatThrownBy(() -> algorithm.start(multipliers, SETTINGS, Landscapes.seeds())).isInstanceOf(BadInput.class)
                .hasMessageContaining("multipliers");
    }

    private static SearchResult search(SearchSpace space, SearchSettings settings, Recorder recorder) throws InterruptedException {
        return Landscapes.search("per-layer", space, settings, Landscapes.seeds(), recorder);
    }
}
