package io.longrope.search.evolution.turbo;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TrustRegionTest {

    @Test
    void doublesAfterThreeGainsInARowUpToItsLongest() {
        var region = new TrustRegion(4);
        gains(region, 2);
        assertThat(region.length()).isEqualTo(0.8);
        gains(region, 1);
        assertThat(region.length()).isEqualTo(1.6);
        gains(region, 9);
        assertThat(region.length()).isEqualTo(1.6);
    }

    @Test
    void halvesAfterAsManyFailuresInARowUntilItIsGivenUp() {
        var region = new TrustRegion(4);
        failures(region, 3);
        gains(region, 1);
        failures(region, 3);
        assertThat(region.length()).as("a gain in between").isEqualTo(0.8);
        failures(region, 1);
        assertThat(region.length()).isEqualTo(0.4);
        failures(region, 4 * 5);
        assertThat(region.length()).isEqualTo(0.0125);
        assertThat(region.isGivenUp()).isFalse();
        failures(region, 4);
        assertThat(region.isGivenUp()).isTrue();
    }

    @Test
    void aGainOfLessThanAThousandthIsNone() {
        var region = new TrustRegion(1);
        region.judge(-2, -2.001);
        assertThat(region.length()).isEqualTo(0.4);
        region.judge(-2, -2.003);
        assertThat(region.length()).isEqualTo(0.4);
    }

    /** ⌈17 / 8⌉ */
    @Test
    void failuresAreAsManyBatchesAsThePaperHasThem() {
        var region = TrustRegion.of(17, 8);
        failures(region, 2);
        assertThat(region.length()).isEqualTo(0.8);
        failures(region, 1);
        assertThat(region.length()).isEqualTo(0.4);
    }

    @Test
    void sidesGoAsLengthScalesAtAnEqualVolume() {
        var sides = new TrustRegion(4).sides(new double[] {0.1, 0.4, 0.2});
        assertThat(sides[1] / sides[0]).isCloseTo(4, within(1e-12));
        assertThat(sides[0] * sides[1] * sides[2]).isCloseTo(0.8 * 0.8 * 0.8, within(1e-12));
    }

    private static void gains(TrustRegion region, int batches) {
        for (int i = 0; i < batches; i++) {
            region.judge(2, 1);
        }
    }

    private static void failures(TrustRegion region, int batches) {
        for (int i = 0; i < batches; i++) {
            region.judge(2, 2);
        }
    }
}
