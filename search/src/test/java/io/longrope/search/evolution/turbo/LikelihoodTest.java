package io.longrope.search.evolution.turbo;

import io.longrope.search.evolution.turbo.GaussianProcess.Parameters;
import org.junit.jupiter.api.Test;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LikelihoodTest {

    private static final double STEP = 1e-5;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final double[][] places = new double[24][2];
    private final double[] targets = new double[places.length];

    LikelihoodTest() {
        for (int i = 0; i < places.length; i++) {
            places[i][0] = random.nextDouble();
            places[i][1] = random.nextDouble();
            targets[i] = Math.sin(9 * places[i][0]) - 0.2;
        }
    }

    @Test
    void slopesAreThoseOfFiniteDifferences() {
        var likelihood = new Likelihood(places, targets);
        double[] logs = {Math.log(0.3), Math.log(0.7), Math.log(1.4), Math.log(0.02), 0.1};
        var slopes = likelihood.slopes(parameters(logs));

        for (int i = 0; i < logs.length; i++) {
            var above = logs.clone();
            var below = logs.clone();
            above[i] += STEP;
            below[i] -= STEP;
            assertThat(slopes[i]).as("parameter " + i)
                    .isCloseTo((likelihood.of(parameters(above)) - likelihood.of(parameters(below))) / (2 * STEP), within(1e-5));
        }
    }

    @Test
    void aCoordinateThatChangesNothingIsGivenTheLongerScale() {
        var found = new Likelihood(places, targets).climb();

        assertThat(found.lengthScales()[1]).isGreaterThan(3 * found.lengthScales()[0]);
        assertThat(found.noise()).isLessThan(0.005);
        assertThat(new Likelihood(places, targets).of(found))
                .isGreaterThan(new Likelihood(places, targets).of(new Parameters(new double[] {0.5, 0.5}, 1, 0.005, 0)));
    }

    private static Parameters parameters(double[] logs) {
        return new Parameters(new double[] {Math.exp(logs[0]), Math.exp(logs[1])}, Math.exp(logs[2]), Math.exp(logs[3]), logs[4]);
    }
}
