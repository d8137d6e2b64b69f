package io.longrope.search.evolution;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RaceTest {

    private static final Archive.Entry BEST = entry(1.0, 2.0, 3.0);
    private static final Archive.Entry RIVAL = entry(1.2, 2.0, 3.4);

    @Test
    void boundsAreTheRivalsMeansPlusTwoStandardErrors() {
        var bounds = Race.against(List.of(BEST, RIVAL), 2).bounds();

        // paired differences 0.2, 0, 0.4 around their mean 0.2: spread √((0 + 0.04 + 0.04) / 2) = 0.2
        assertThat(bounds).hasSize(2);
        assertThat(bounds.get(0)).isCloseTo(1.2 + 2 * 0.2 * Math.sqrt(2 / 3.0), within(1e-12));
        assertThat(bounds.get(1)).isCloseTo(1.6 + 2 * 0.2 * Math.sqrt(1 / 6.0), within(1e-12));
    }

    @Test
    void aStoppedLossIsTheRivalsPlusTheGapOnTheSameSamples() {
        var stopped = new FitnessValue(1.9, false, List.of(1.9), 1);

        assertThat(Race.against(List.of(BEST, RIVAL), 2).comparableLoss(stopped)).isCloseTo(2.2 + 0.7, within(1e-12));
    }

    @Test
    void thereIsNoRaceBeforeEnoughAreKnownInFull() {
        var stopped = new Archive.Entry(null, new FitnessValue(5, false, List.of(5.0), 1), 5);

        assertThat(Race.against(List.of(BEST, stopped), 2).bounds()).isEmpty();
        assertThat(Race.against(List.of(BEST, RIVAL), 3).bounds()).isEmpty();
    }

    @Test
    void thereIsNoRaceWithoutLossesBySample() {
        var whole = new Archive.Entry(null, FitnessValue.of(1, 1), 1);

        assertThat(Race.against(List.of(whole, whole), 2).bounds()).isEmpty();
    }

    private static Archive.Entry entry(Double... losses) {
        double mean = List.of(losses).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return new Archive.Entry(null, new FitnessValue(mean, true, List.of(losses), 3), mean);
    }
}
