package io.longrope.search.evolution.longrope;

import io.longrope.search.evolution.Landscapes;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The operators against their intended distributions, at a fixed seed. */
class PaperOperatorsTest {

    private static final int DRAWS = 20_000;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);

    @Test
    void mutationTouchesEachElementWithProbabilityP() {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).monotone(false).build();
        var operators = new PaperOperators(space, 0.3, random);
        var parent = space.uniform(random);
        var changed = new int[17];
        for (int draw = 0; draw < DRAWS; draw++) {
            var child = operators.mutate(parent);
            for (int i = 0; i < 16; i++) {
                changed[i] += child.get(i) != parent.get(i) ? 1 : 0;
            }
            changed[16] += child.startTokens() != parent.startTokens() ? 1 : 0;
        }

        // a redraw may land on the old value: 1 of 901 grid values, 1 of 14 start token counts; 5 standard errors = 0.016
        for (int i = 0; i < 16; i++) {
            assertThat(changed[i] / (double) DRAWS).isCloseTo(0.3, within(0.016));
        }
        assertThat(changed[16] / (double) DRAWS).isCloseTo(0.3 * 13 / 14, within(0.016));
    }

    @Test
    void aMutatedPairIsUniformBetweenItsNeighbours() {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).build();
        var values = new double[16];
        for (int i = 0; i < 16; i++) {
            values[i] = 1 + 0.5 * i;
        }
        var bins = new int[101];
        for (int draw = 0; draw < 200 * bins.length; draw++) {
            double drawn = space.drawBetweenNeighbours(values, 5, random);
            bins[(int) Math.round((drawn - 3) * 100)]++;
        }

        // chi-squared, 100 degrees of freedom: the 99.9 % quantile is 149.4
        double chiSquared = 0;
        for (int count : bins) {
            chiSquared += Math.pow(count - 200, 2) / 200;
        }
        assertThat(chiSquared).isLessThan(149.4);
    }

    @Test
    void mutationStaysBetweenTheNeighboursAsTheyThenAre() {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).build();
        var operators = new PaperOperators(space, 0.3, random);
        var parent = space.uniform(random);
        for (int draw = 0; draw < 1_000; draw++) {
            var child = operators.mutate(parent);
            for (int i = 0; i < 15; i++) {
                assertThat(child.get(i)).isLessThanOrEqualTo(parent.get(i + 1));
            }
        }
    }

    @Test
    void crossoverTakesEveryElementFromOneOfTheParents() {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).build();
        var operators = new PaperOperators(space, 0.3, random);
        for (int draw = 0; draw < 1_000; draw++) {
            Point one = space.uniform(random);
            Point other = space.uniform(random);
            var child = operators.cross(one, other);
            for (int i = 0; i < 16; i++) {
                assertThat(child.get(i)).isIn(one.get(i), other.get(i));
            }
            assertThat(child.startTokens()).isIn(one.startTokens(), other.startTokens());
        }
    }

    @Test
    void crossoverOfUnconstrainedParentsTakesAShareOfPFromTheOther() {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).monotone(false).step(0).startTokens(List.of(0)).build();
        var operators = new PaperOperators(space, 0.3, random);
        Point one = space.uniform(random);
        Point other = space.uniform(random);
        int taken = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            var child = operators.cross(one, other);
            for (int i = 0; i < 16; i++) {
                taken += child.get(i) == other.get(i) ? 1 : 0;
            }
        }

        assertThat(taken / (16.0 * DRAWS)).isCloseTo(0.3, within(0.005));
    }
}
