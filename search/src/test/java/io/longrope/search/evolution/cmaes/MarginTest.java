package io.longrope.search.evolution.cmaes;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class MarginTest {

    private static final double ALPHA = 0.01;
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /** However narrow the distribution, both neighbours of a cell keep half of α. */
    @Property
    void bothSidesOfACellStayWithinReach(@ForAll @DoubleRange(min = -0.5, max = 0.5) double mean,
                                         @ForAll @DoubleRange(min = -6, max = 1) double logDeviation) {
        double deviation = Math.pow(10, logDeviation);
        var kept = margin(-0.5, 0.5).of(0, mean, deviation);

        assertThat(NormalDistribution.probability((-0.5 - kept.mean()) / kept.deviation())).isGreaterThan(ALPHA / 2 - 1e-9);
        assertThat(NormalDistribution.probability((kept.mean() - 0.5) / kept.deviation())).isGreaterThan(ALPHA / 2 - 1e-9);
        assertThat(kept.mean()).isBetween(-0.5, 0.5);
    }

    /** At an edge there is one neighbour, and only the mean moves: no farther out than leaves it α. */
    @Property
    void theOneNeighbourOfAnEdgeStaysWithinReach(@ForAll @DoubleRange(min = -100, max = 0.5) double mean,
                                                 @ForAll @DoubleRange(min = -6, max = 1) double logDeviation) {
        double deviation = Math.pow(10, logDeviation);
        var first = margin(-INFINITY, 0.5).of(0, mean, deviation);
        var last = margin(-0.5, INFINITY).of(0, -mean, deviation);

        assertThat(first.deviation()).isEqualTo(deviation);
        assertThat(NormalDistribution.probability((first.mean() - 0.5) / deviation)).isGreaterThan(ALPHA - 1e-9);
        assertThat(last).isEqualTo(new Margin.Marginal(-first.mean(), deviation));
    }

    @Test
    void aWideDistributionIsLeftAsItIs() {
        assertThat(margin(-0.5, 0.5).of(0, 0.1, 1)).isEqualTo(new Margin.Marginal(0.1, 1));
        assertThat(margin(-INFINITY, 0.5).of(0, 0.1, 1)).isEqualTo(new Margin.Marginal(0.1, 1));
        assertThat(margin(-INFINITY, INFINITY).of(0, 7, 1e-9)).isEqualTo(new Margin.Marginal(7, 1e-9));
    }

    /** In the middle of a cell of width 1: both ends at the quantile of α/2, 2.5758, from the mean. */
    @Test
    void byHand() {
        var kept = margin(-0.5, 0.5).of(0, 0, 1e-3);

        assertThat(kept.mean()).isCloseTo(0, within(1e-12));
        assertThat(kept.deviation()).isCloseTo(0.5 / 2.5758293, within(1e-7));
    }

    private static Margin margin(double low, double high) {
        return new Margin((coordinate, mean) -> new Margin.Cell(low, high), ALPHA);
    }
}
