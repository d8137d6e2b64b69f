package io.longrope.search.evolution.cmaes;

import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.Landscapes.Recorder;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.internal.PointCoordinates;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class CmaEsSearchTest {

    @Test
    void findsTheFloorOfABowl() throws InterruptedException {
        var settings = SearchSettings.builder().maxEvaluations(800).build();
        var found = Landscapes.search("cma-es", Landscapes.space(), settings, Landscapes.seeds(), new Recorder(Landscapes::bowl));
        var drawn = Landscapes.search("random", Landscapes.space(), settings, Landscapes.seeds(), new Recorder(Landscapes::bowl));

        assertThat(found.best().loss()).isLessThan(0.25).isLessThan(drawn.best().loss() / 2);
    }

    @Test
    void aSearchedAttentionFactorIsFound() throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).attentionFactor(new AttentionRange(1, 1.4, 0.01)).build();
        var recorder = new Recorder(candidate -> Landscapes.bowl(candidate) + 20 * Math.pow(candidate.attentionFactor() - 1.2, 2));
        var result = Landscapes.search("cma-es", space, SearchSettings.builder().maxEvaluations(600).build(), Landscapes.seeds(), recorder);

        assertThat(result.best().candidate().attentionFactor()).isCloseTo(1.2, within(0.06));
    }

    /** The seeds, then generations of 4 + ⌊3 ln 17⌋, or of the batch where that is more. */
    @Test
    void generationsAreAsLargeAsTheTutorialHasThem() throws InterruptedException {
        var few = new Recorder(Landscapes::bowl);
        Landscapes.search("cma-es", Landscapes.space(), SearchSettings.builder().maxEvaluations(50).build(), Landscapes.seeds(), few);
        var many = new Recorder(Landscapes::bowl);
        Landscapes.search("cma-es", Landscapes.space(), SearchSettings.builder().batch(20).maxEvaluations(50).build(), List.of(), many);

        assertThat(few.generations).extracting(List::size).containsExactly(2, 12, 12, 12, 12);
        assertThat(many.generations).extracting(List::size).containsExactly(20, 20, 10);
    }

    /** Between the ends of its cell a coordinate is rounded to one value, and beyond them to the next. */
    @Test
    void cellsEndWhereRoundingChanges() {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).step(0.5).monotone(false).build();
        var coordinates = new PointCoordinates(space);
        var cells = new GridCells(space, coordinates);
        var place = coordinates.of(space.nearest(space.uniform(RandomGeneratorFactory.of("L64X128MixRandom").create(1)).values(), 16, 1));
        for (int i : new int[] {0, 7, 15, 16}) {
            var cell = cells.of(i, place[i]);
            var here = coordinates.point(place);
            if (Double.isFinite(cell.high())) {
                assertThat(coordinates.point(with(place, i, cell.high() - 1e-9))).isEqualTo(here);
                assertThat(coordinates.point(with(place, i, cell.high() + 1e-9))).isNotEqualTo(here);
            }
            if (Double.isFinite(cell.low())) {
                assertThat(coordinates.point(with(place, i, cell.low() + 1e-9))).isEqualTo(here);
                assertThat(coordinates.point(with(place, i, cell.low() - 1e-9))).isNotEqualTo(here);
            }
            assertThat(Double.isFinite(cell.low()) || Double.isFinite(cell.high())).isTrue();
        }
    }

    private static double[] with(double[] place, int coordinate, double value) {
        var other = place.clone();
        other[coordinate] = value;
        return other;
    }
}
