package io.longrope.search.evolution.cmaes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class NormalDistributionTest {

    @ParameterizedTest
    @CsvSource({"0, 0.5", "1, 0.8413447460685429", "-1.959963984540054, 0.025", "3, 0.9986501019683699", "9, 1", "-9, 0"})
    void probabilitiesOfTheTables(double x, double probability) {
        assertThat(NormalDistribution.probability(x)).isCloseTo(probability, within(1e-14));
    }

    @Test
    void whatIsExceededByAProbabilityIsExceededByIt() {
        for (double p = 1e-6; p < 1; p += 0.03) {
            assertThat(1 - NormalDistribution.probability(NormalDistribution.exceededBy(p))).isCloseTo(p, within(1e-12));
        }
    }
}
