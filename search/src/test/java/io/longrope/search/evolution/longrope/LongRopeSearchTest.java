package io.longrope.search.evolution.longrope;

import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.Landscapes.Recorder;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LongRopeSearchTest {

    @Test
    void paperSettingsAskFor1344Evaluations() throws InterruptedException {
        var recorder = new Recorder(Landscapes::bowl);
        var result = Landscapes.search("longrope", Landscapes.space(), SearchSettings.builder().build(), Landscapes.seeds(), recorder);

        assertThat(result.evaluations()).isEqualTo(64 + 40 * 32);
        assertThat(result.generations()).isEqualTo(40);
        assertThat(recorder.generations.get(0)).hasSize(64);
        assertThat(recorder.generations.subList(1, 41)).allSatisfy(generation -> assertThat(generation).hasSize(32));
    }

    @Test
    void zeroGenerationsScoreTheFirstPopulationOnly() throws InterruptedException {
        var settings = SearchSettings.builder().generations(0).mutations(0).crossovers(0).build();
        var result = Landscapes.search("longrope", Landscapes.space(), settings, Landscapes.seeds(), new Recorder(Landscapes::bowl));

        assertThat(result.evaluations()).isEqualTo(64);
        assertThat(result.generations()).isZero();
    }

    @Test
    void seedsComeFirst() throws InterruptedException {
        var recorder = new Recorder(Landscapes::bowl);
        var space = Landscapes.space();
        Landscapes.search("longrope", space, SearchSettings.builder().maxEvaluations(10).build(), Landscapes.seeds(), recorder);

        var seeds = Landscapes.seeds().stream().map(space::nearest).map(space::candidate).toList();
        assertThat(recorder.candidates().subList(0, 2)).isEqualTo(seeds);
    }

    @Test
    void itImprovesOnItsSeeds() throws InterruptedException {
        var result = Landscapes.search("longrope", Landscapes.space(), SearchSettings.builder().build(), Landscapes.seeds(),
                new Recorder(Landscapes::bowl));

        double bestSeed = Landscapes.seeds().stream().mapToDouble(Landscapes::bowl).min().orElseThrow();
        assertThat(result.best().loss()).isLessThan(bestSeed / 4);
    }

    @Test
    void moreParentsThanTheEnginesOwnPopulationHas() throws InterruptedException {
        var settings = SearchSettings.builder().population(200).parents(120).generations(2).mutations(30).crossovers(30).build();
        var result = Landscapes.search("longrope", Landscapes.space(), settings, Landscapes.seeds(), new Recorder(Landscapes::bowl));

        assertThat(result.evaluations()).isEqualTo(320);
        assertThat(result.generations()).isEqualTo(2);
    }

    @Test
    void withoutSeedsItSaysSo() {
        assertThatThrownBy(() -> Landscapes.search("longrope", Landscapes.space(), SearchSettings.builder().build(), List.of(),
                new Recorder(Landscapes::bowl))).isInstanceOf(BadInput.class).hasMessageContaining("search.seeds");
    }
}
