package io.longrope.search.evolution;

import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RaceTest {

    private static final Measurement BEST = measurement(1.0, 2.0, 3.0);
    private static final Measurement RIVAL = measurement(1.2, 2.0, 3.4);

    @Test
    void boundsAreTheRivalsMeansPlusTwoStandardErrors() {
        var race = Race.against(List.of(BEST, RIVAL), 2, Ladder.NONE);

        // paired differences 0.2, 0, 0.4 around their mean 0.2: spread √((0 + 0.04 + 0.04) / 2) = 0.2
        assertThat(race.bound(1)).isCloseTo(1.2 + 2 * 0.2 * Math.sqrt(2 / 3.0), within(1e-12));
        assertThat(race.bound(2)).isCloseTo(1.6 + 2 * 0.2 * Math.sqrt(1 / 6.0), within(1e-12));
        assertThat(race.isHopeless(List.of(race.bound(1)))).isFalse();
        assertThat(race.isHopeless(List.of(race.bound(1) + 1e-9))).isTrue();
    }

    @Test
    void aStoppedLossIsTheRivalsPlusTheGapOnTheSameSamples() {
        assertThat(Race.against(List.of(BEST, RIVAL), 2, Ladder.NONE).comparableLoss(List.of(1.9))).isCloseTo(2.2 + 0.7, within(1e-12));
    }

    @Test
    void thereIsNoRaceBeforeEnoughAreKnownInFull() {
        var stopped = new Measurement(List.of(5.0), false, List.of(5.0), 1);

        assertThat(Race.against(List.of(BEST, stopped), 2, Ladder.NONE)).isEqualTo(Race.OFF);
        assertThat(Race.against(List.of(BEST, RIVAL), 3, Ladder.NONE)).isEqualTo(Race.OFF);
    }

    @Test
    void thereIsNoRaceWithoutLossesBySample() {
        assertThat(Race.against(List.of(Measurement.of(1, 1), Measurement.of(1, 1)), 2, Ladder.NONE)).isEqualTo(Race.OFF);
    }

    private static Measurement measurement(Double... losses) {
        double mean = List.of(losses).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return new Measurement(List.of(mean), true, List.of(losses), 3);
    }
}
