package io.longrope.search.evolution.cmaes;

import org.junit.jupiter.api.Test;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class SearchDistributionTest {

    private static final int POPULATION = 10;

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);

    /** The classic check: a valley a thousand times as long as wide, found to eight digits. */
    @Test
    void followsAnIllConditionedValley() {
        ToDoubleFunction<double[]> ellipsoid = x -> IntStream.range(0, x.length).mapToDouble(i -> Math.pow(1e6, i / (x.length - 1.0))
                * x[i] * x[i]).sum();
        var distribution = new SearchDistribution(new double[] {3, 3, 3, 3, 3, 3}, 1, POPULATION);

        run(distribution, ellipsoid, 400);

        assertThat(ellipsoid.applyAsDouble(distribution.mean())).isLessThan(1e-8);
        // as the valley has it: the last coordinate a thousandth as wide as the first
        assertThat(distribution.deviation(5) / distribution.deviation(0)).isBetween(3e-4, 3e-3);
    }

    /** Where all points are alike the mean wanders and the step size hardly changes. */
    @Test
    void withoutSelectionTheStepSizeStays() {
        double logarithm = 0;
        for (int run = 0; run < 20; run++) {
            var distribution = new SearchDistribution(new double[10], 1, POPULATION);
            run(distribution, x -> 0, 50);
            logarithm += Math.log(distribution.step()) / 20;
        }
        assertThat(logarithm).isCloseTo(0, within(0.5));
    }

    /** A slope without end: the step size must grow. */
    @Test
    void onASlopeTheStepSizeGrows() {
        var distribution = new SearchDistribution(new double[10], 1, POPULATION);

        run(distribution, x -> x[0], 50);

        assertThat(distribution.step()).isGreaterThan(10);
        assertThat(distribution.mean()[0]).isLessThan(-50);
    }

    @Test
    void aMarginKeepsItWide() {
        var distribution = new SearchDistribution(new double[] {0.2, 0.2, 0.2, 0.2}, 1, POPULATION);
        var margin = new Margin((coordinate, mean) -> new Margin.Cell(Math.round(mean) - 0.5, Math.round(mean) + 0.5), 0.02);
        for (int generation = 0; generation < 200; generation++) {
            learn(distribution, x -> x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3]);
            distribution.keep(margin);
        }

        for (int i = 0; i < 4; i++) {
            assertThat(distribution.deviation(i)).isGreaterThan(0.15);
            assertThat(distribution.mean()[i]).isBetween(-0.5, 0.5);
        }
    }

    private void run(SearchDistribution distribution, ToDoubleFunction<double[]> loss, int generations) {
        for (int generation = 0; generation < generations; generation++) {
            learn(distribution, loss);
        }
    }

    private void learn(SearchDistribution distribution, ToDoubleFunction<double[]> loss) {
        List<double[]> drawn = Stream.generate(() -> distribution.draw(random)).limit(POPULATION).toList();
        distribution.learn(drawn.stream().sorted(Comparator.comparingDouble(y -> loss.applyAsDouble(distribution.place(y)))).toList());
    }
}
