package io.longrope.search.evolution.turbo;

import io.longrope.search.evolution.turbo.GaussianProcess.Parameters;
import org.junit.jupiter.api.Test;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GaussianProcessTest {

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);

    /** Equation 4.17 at r = 1: (1 + √5 + 5/3) exp(−√5). */
    @Test
    void maternByHand() {
        assertThat(GaussianProcess.matern(0)).isEqualTo(1);
        assertThat(GaussianProcess.matern(1)).isCloseTo(0.523994, within(1e-6));
    }

    @Test
    void drawsMeetWhatWasMeasuredAndSpreadFarAway() {
        var model = new GaussianProcess(new double[][] {{0.2, 0.2}, {0.8, 0.3}}, new double[] {1.5, -1},
                new Parameters(new double[] {0.2, 0.2}, 2, 1e-6, 0.4));
        var draws = model.draw(new double[][] {{0.2, 0.2}, {0.8, 0.3}, {9, 9}}, 4_000, random);

        assertThat(mean(draws, 0)).isCloseTo(1.5, within(1e-3));
        assertThat(mean(draws, 1)).isCloseTo(-1, within(1e-3));
        assertThat(mean(draws, 2)).as("the mean of the function").isCloseTo(0.4, within(0.1));
        assertThat(variance(draws, 0)).isLessThan(1e-4);
        assertThat(variance(draws, 2)).as("the variance of the function").isCloseTo(2, within(0.2));
    }

    @Test
    void placesNearEachOtherAreDrawnAlike() {
        var model = new GaussianProcess(new double[][] {{0}}, new double[] {0}, new Parameters(new double[] {0.5}, 1, 0.01, 0));
        var draws = model.draw(new double[][] {{3}, {3.01}}, 200, random);

        for (var draw : draws) {
            assertThat(draw[0]).isCloseTo(draw[1], within(0.2));
        }
        assertThat(variance(draws, 0)).isGreaterThan(0.5);
    }

    private static double mean(double[][] draws, int place) {
        double sum = 0;
        for (var draw : draws) {
            sum += draw[place] / draws.length;
        }
        return sum;
    }

    private static double variance(double[][] draws, int place) {
        double mean = mean(draws, place);
        double sum = 0;
        for (var draw : draws) {
            sum += (draw[place] - mean) * (draw[place] - mean) / draws.length;
        }
        return sum;
    }
}
