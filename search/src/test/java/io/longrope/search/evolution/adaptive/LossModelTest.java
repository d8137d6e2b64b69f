package io.longrope.search.evolution.adaptive;

import org.junit.jupiter.api.Test;

import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class LossModelTest {

    private static final int POINTS = 40;

    @Test
    void guessesASmoothFunctionBetweenItsPoints() {
        var model = model();
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(2);
        double worst = 0;
        for (int i = 0; i < 100; i++) {
            var place = place(random.nextDouble(), random.nextDouble());
            worst = Math.max(worst, Math.abs(guess(model, place).loss() - bowl(place)));
        }

        // the function spans 0 to 2.6
        assertThat(worst).isLessThan(0.15);
    }

    @Test
    void isSureWhereItHasBeenAndUnsureFarAway() {
        var model = model();

        assertThat(guess(model, features()[0]).deviation()).isLessThan(guess(model, place(5, 5)).deviation() / 3);
    }

    @Test
    void believingAGuessChangesOnlyTheDoubt() {
        var model = model();
        var places = new double[][] {place(3, -2), place(3.1, -2), place(0.5, 0.5)};
        var guesses = model.guesses(places);
        assertThat(guesses.get(2)).isEqualTo(guess(model, places[2]));

        guesses.believe(0);

        assertThat(guesses.get(0).deviation()).isLessThan(guess(model, places[0]).deviation() / 3);
        assertThat(guesses.get(1).deviation()).isLessThan(guess(model, places[1]).deviation() / 2);
        assertThat(guesses.get(2).loss()).isEqualTo(guess(model, places[2]).loss());
    }

    @Test
    void aSumOverFeaturesIsLearnedFromFewPoints() {
        int features = 12;
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
        var points = new double[60][features];
        var losses = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            for (int k = 0; k < features; k++) {
                points[i][k] = random.nextDouble(-1, 1);
                losses[i] += Math.abs(points[i][k]);
            }
        }

        var model = LossModel.fit(points, losses);

        // one feature at a time through 0: the middle must be guessed lower than both ends
        for (int k = 0; k < features; k++) {
            var ends = new double[][] {new double[features], new double[features]};
            ends[0][k] = -1;
            ends[1][k] = 1;
            double middle = guess(model, new double[features]).loss();
            assertThat(middle).isLessThan(guess(model, ends[0]).loss()).isLessThan(guess(model, ends[1]).loss());
        }
    }

    @Test
    void equalLossesAreNoProblem() {
        var model = LossModel.fit(new double[][] {{0}, {1}, {2}}, new double[] {3, 3, 3});

        assertThat(guess(model, new double[] {0.5}).loss()).isCloseTo(3, within(1e-9));
    }

    private static LossModel.Guess guess(LossModel model, double[] place) {
        return model.guesses(new double[][] {place}).get(0);
    }

    private static LossModel model() {
        var features = features();
        var losses = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            losses[i] = bowl(features[i]);
        }
        return LossModel.fit(features, losses);
    }

    private static double[][] features() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var features = new double[POINTS][];
        for (int i = 0; i < POINTS; i++) {
            features[i] = place(random.nextDouble(), random.nextDouble());
        }
        return features;
    }

    private static double[] place(double x, double y) {
        return new double[] {2 * x, 2 * y};
    }

    private static double bowl(double[] place) {
        return Math.pow(place[0] - 1, 2) + 0.4 * Math.pow(place[1] - 2, 2);
    }
}
