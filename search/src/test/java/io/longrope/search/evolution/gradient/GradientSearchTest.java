package io.longrope.search.evolution.gradient;

import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.Scorer;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Trial;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;

class GradientSearchTest {

    private static final double STEP = 1e-4;

    private final List<Trial> asked = new ArrayList<>();

    /** The bowl with its slopes, by central differences of the formula. */
    private final Scorer bowl = trial -> {
        asked.add(trial);
        var factors = trial.candidate().factors().layer(0);
        var slopes = new ArrayList<Double>();
        for (int i = 0; i < factors.length; i++) {
            slopes.add((moved(trial.candidate(), i, STEP) - moved(trial.candidate(), i, -STEP)) / (2 * STEP));
        }
        return CompletableFuture.completedFuture(new Measurement(List.of(Landscapes.bowl(trial.candidate())), true, List.of(), 3, slopes));
    };

    private static double moved(Candidate candidate, int pair, double by) {
        var factors = candidate.factors().layer(0);
        factors[pair] *= Math.exp(by);
        return Landscapes.bowl(candidate.withFactors(RescaleFactors.of(factors)));
    }

    private static SearchResult search(SearchSpace space, int evaluations, Scorer scorer) throws InterruptedException {
        return Landscapes.search("gradient", space, SearchSettings.builder().maxEvaluations(evaluations).build(), Landscapes.seeds(),
                scorer);
    }

    /** All but what is left for n̂ ≠ 16, of which no slope is known. */
    @Test
    void descendsToTheFloorOfABowl() throws InterruptedException {
        var found = search(Landscapes.space(), 40, bowl);

        assertThat(found.best().loss()).isLessThan(0.05 + 0.05);
        assertThat(asked).allMatch(Trial::gradient);
        assertThat(found.tokens()).isEqualTo(3 * 40);
    }

    @Test
    void pairsOfAGroupAreMovedBySlopesThatAddUp() throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).groups(8).build();
        double first = Landscapes.seeds().stream().map(space::nearest).map(space::candidate).mapToDouble(Landscapes::bowl).min()
                .orElseThrow();
        var found = search(space, 40, bowl);

        assertThat(found.best().loss()).isLessThan(first / 4);
    }

    /** A step that diverged is taken again by half, from the best point. */
    @Test
    void goesOnFromTheBestPointWhereAStepDiverged() throws InterruptedException {
        Scorer cliff = trial -> bowl.measure(trial).thenApply(measurement -> measurement.loss() < 0.5
                ? Measurement.of(Double.POSITIVE_INFINITY, 3) : measurement);
        var found = search(Landscapes.space(), 60, cliff);

        assertThat(found.best().loss()).isBetween(0.5, 0.9);
    }

    /** One that measures no slopes gets points drawn uniformly. */
    @Test
    void withoutSlopesItStillSpendsItsBudget() throws InterruptedException {
        var found = search(Landscapes.space(), 12, new Landscapes.Recorder(Landscapes::bowl));

        assertThat(found.evaluations()).isEqualTo(12);
    }
}
