package io.longrope.search.kafka;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Losses, delays, duplicates and deaths, a thousand ways: the search ends where it would have ended without them. */
class SimulationTest {

    private static final List<Integer> UNDISTURBED = Simulation.undisturbed();

    @Property(tries = 1500)
    void faultsChangeNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int workers,
            @ForAll @DoubleRange(max = 0.3) double trouble) {
        assertThat(new Simulation(seed, workers, workers / 3, trouble).run()).isEqualTo(UNDISTURBED);
    }

    @Property(tries = 50)
    void hundredsOfWorkersChangeNothing(@ForAll long seed, @ForAll @IntRange(min = 200, max = 400) int workers) {
        assertThat(new Simulation(seed, workers, workers / 4, 0.1).run()).isEqualTo(UNDISTURBED);
    }
}
