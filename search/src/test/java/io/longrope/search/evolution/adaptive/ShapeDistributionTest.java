package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.internal.LogCoordinates;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ShapeDistributionTest {

    private static final int DRAWS = 20_000;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    private final LogCoordinates coordinates = new LogCoordinates(Landscapes.space());

    @Test
    void theFirstSamplesAreSmoothCurvesAroundTheElite() {
        var distribution = new ShapeDistribution(coordinates.smoothCovariance(3, 0.05), 0.2);
        var elite = new double[16];
        elite[7] = 1;
        distribution.learn(List.of(elite), true);
        double mean = 0;
        double variance = 0;
        double near = 0;
        double far = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            var sample = distribution.sample(random);
            mean += sample[7] / DRAWS;
            variance += Math.pow(sample[8], 2) / DRAWS;
            near += sample[8] * sample[9] / DRAWS;
            far += sample[8] * sample[15] / DRAWS;
        }

        // the step size is log-normal: the mean of its square is 0.2² exp(2 · 0.5²)
        double scale = 0.04 * Math.exp(0.5);
        assertThat(mean).isCloseTo(1, within(0.01));
        assertThat(variance).isCloseTo(scale, within(0.1 * scale));
        assertThat(near).isCloseTo(scale * 0.95 * Math.exp(-0.5 / 9), within(0.1 * scale));
        assertThat(far).isCloseTo(scale * 0.95 * Math.exp(-0.5 * 49 / 9), within(0.1 * scale));
    }

    @Test
    void successfulStepsStretchItAlongTheWayTheyWent() {
        var distribution = new ShapeDistribution(coordinates.smoothCovariance(1e-3, 0), 0.1);
        for (int generation = 0; generation < 12; generation++) {
            var elite = new double[16];
            elite[4] = 0.3 * generation;
            distribution.learn(List.of(elite), true);
        }
        double along = 0;
        double across = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            var sample = distribution.sample(random);
            along += Math.pow(sample[4] - 3.3, 2);
            across += Math.pow(sample[5], 2);
        }

        assertThat(along).isGreaterThan(1.5 * across);
    }

    @Test
    void failureShrinksIt() {
        var distribution = new ShapeDistribution(coordinates.smoothCovariance(3, 0.05), 0.2);
        double[] still = new double[16];
        distribution.learn(List.of(still), true);
        double before = spread(distribution);
        for (int generation = 0; generation < 10; generation++) {
            distribution.learn(List.of(still), false);
        }

        assertThat(spread(distribution)).isLessThan(before / 2);
    }

    private double spread(ShapeDistribution distribution) {
        double sum = 0;
        for (int draw = 0; draw < 2_000; draw++) {
            sum += Math.abs(distribution.sample(random)[3]);
        }
        return sum;
    }
}
