package io.longrope.search.evolution;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * That {@code adaptive} beats the paper's search is what this project stands on: here on formulas, over 100 seeds, with 16 evaluations
 * against 134, so few that it takes seconds. Each seed is a duel, on a formula of each kind in turn, and the duels are judged by a
 * one-sided sign test. It won 84 when this was written; with a loss model that was told the losses in a wrong order it won 54, which is
 * no better than a coin.
 */
class AdaptiveBeatsLongRopeTest {

    private static final List<AnalyticProblem> PROBLEMS = AnalyticProblem.all().stream().filter(one -> one.space().pairs() == 48).toList();
    private static final int SEEDS = 100;
    private static final int FEW = 16;
    private static final int MANY = 134;

    @Test
    void with16EvaluationsAgainst134Over100Seeds() throws InterruptedException {
        int won = duelsWon("adaptive");

        assertThat(chance(won, SEEDS)).as("that a coin wins the %d of %d duels adaptive won, or more", won, SEEDS).isLessThan(0.01);
    }

    /** What the test above would say of a search that learns nothing. */
    @Test
    void uniformDrawsDoNotBeatIt() throws InterruptedException {
        assertThat(chance(duelsWon("random"), SEEDS)).isGreaterThan(0.01);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 1, 0.5", "3, 4, 0.3125", "4, 4, 0.0625", "62, 100, 0.010489", "63, 100, 0.006016"})
    void theChanceIsThatOfAFairCoin(int won, int of, double chance) {
        assertThat(chance(won, of)).isCloseTo(chance, within(1e-6));
    }

    /** With the same seed; a draw is lost. */
    private static int duelsWon(String challenger) throws InterruptedException {
        int won = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            var problem = PROBLEMS.get(seed % PROBLEMS.size());
            won += loss(challenger, problem, FEW, seed) < loss("longrope", problem, MANY, seed) ? 1 : 0;
        }
        return won;
    }

    private static double loss(String algorithm, AnalyticProblem problem, int evaluations, long seed) throws InterruptedException {
        var settings = SearchSettings.builder().maxEvaluations(evaluations).seed(seed).build();
        return SearchCurve.of(algorithm, problem.space(), settings, problem.seeds(), problem.scorer()).finalLoss();
    }

    /** One-sided sign test: the chance of at least so many heads. */
    private static double chance(int heads, int coins) {
        double exactly = Math.pow(0.5, coins);
        double sum = 0;
        for (int k = coins; k >= heads; k--) {
            sum += exactly;
            exactly *= (double) k / (coins - k + 1);
        }
        return sum;
    }
}
