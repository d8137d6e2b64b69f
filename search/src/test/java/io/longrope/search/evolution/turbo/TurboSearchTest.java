package io.longrope.search.evolution.turbo;

import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.Landscapes.Recorder;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TurboSearchTest {

    @Test
    void findsTheFloorOfABowl() throws InterruptedException {
        var settings = SearchSettings.builder().maxEvaluations(150).build();
        var found = Landscapes.search("turbo", Landscapes.space(), settings, Landscapes.seeds(), new Recorder(Landscapes::bowl));
        var drawn = Landscapes.search("random", Landscapes.space(), settings, Landscapes.seeds(), new Recorder(Landscapes::bowl));

        assertThat(found.best().loss()).isLessThan(drawn.best().loss() / 2);
    }

    @Test
    void aSearchedAttentionFactorIsFound() throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).attentionFactor(new AttentionRange(1, 1.4, 0.01)).build();
        var recorder = new Recorder(candidate -> Landscapes.bowl(candidate) + 20 * Math.pow(candidate.attentionFactor() - 1.2, 2));
        var result = Landscapes.search("turbo", space, SearchSettings.builder().maxEvaluations(150).build(), Landscapes.seeds(), recorder);

        assertThat(result.best().candidate().attentionFactor()).isCloseTo(1.2, within(0.1));
    }

    /** The seeds, a batch around the better one, then batches of the model's. */
    @Test
    void batchesFollowTheSeeds() throws InterruptedException {
        var seeded = new Recorder(Landscapes::bowl);
        Landscapes.search("turbo", Landscapes.space(), SearchSettings.builder().batch(6).maxEvaluations(20).build(), Landscapes.seeds(),
                seeded);
        var unseeded = new Recorder(Landscapes::bowl);
        Landscapes.search("turbo", Landscapes.space(), SearchSettings.builder().batch(6).maxEvaluations(20).build(), List.of(), unseeded);

        assertThat(seeded.generations).extracting(List::size).containsExactly(2, 6, 6, 6);
        assertThat(unseeded.generations).extracting(List::size).containsExactly(6, 6, 6, 2);
    }

    /** Where nothing can be gained the region shrinks away; the next one begins elsewhere. */
    @Test
    void aRegionThatShrankAwayIsLeft() throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).step(0).startTokens(List.of(0)).build();
        var recorder = new Recorder(candidate -> 1);
        Landscapes.search("turbo", space, SearchSettings.builder().batch(16).maxEvaluations(160).build(), Landscapes.seeds(), recorder);

        // of 16 dimensions one failed batch of 16 halves it: seven of them, then a uniform one
        var middle = recorder.generations.get(7).stream().mapToDouble(candidate -> candidate.factors().get(8)).summaryStatistics();
        var last = recorder.generations.get(8).stream().mapToDouble(candidate -> candidate.factors().get(8)).summaryStatistics();
        assertThat(middle.getMax() - middle.getMin()).isLessThan(1);
        assertThat(last.getMax() - last.getMin()).isGreaterThan(2);
    }

    @Test
    void whatIsDrawnNearAPointStaysInTheBox() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).step(0).monotone(false).build();
        var cube = new UnitCube(space);
        var sides = new double[cube.dimensions()];
        Arrays.fill(sides, 0.25);
        for (int draw = 0; draw < 200; draw++) {
            var center = space.uniform(random);
            var near = cube.of(cube.near(center, sides, random));
            var middle = cube.of(center);
            for (int i = 0; i < near.length; i++) {
                // n̂ is one of a few
                assertThat(near[i]).isCloseTo(middle[i], within(i < space.pairs() ? 0.125 + 1e-9 : 0.16));
            }
        }
    }
}
