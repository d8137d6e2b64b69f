package io.longrope.search.work;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Losses, delays, duplicates and deaths, a thousand ways: each search ends where it would have ended without them, or waits. */
class SimulationTest {

    private static final List<Integer> UNDISTURBED = Simulation.undisturbed();

    @Property(tries = 400)
    void faultsChangeNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int workers,
            @ForAll @DoubleRange(max = 0.3) double trouble, @ForAll boolean quick, @ForAll boolean oneJob) {
        var simulation = new Simulation(new Simulation.Setting(seed, workers, workers / 3, workers / 8, trouble, quick, oneJob));
        assertThat(simulation.run()).containsOnly(UNDISTURBED);
    }

    @Property(tries = 10)
    void hundredsOfWorkersChangeNothing(@ForAll long seed, @ForAll @IntRange(min = 200, max = 400) int workers) {
        var simulation = new Simulation(new Simulation.Setting(seed, workers, workers / 4, 2, 0.1, false, false));
        assertThat(simulation.run()).containsOnly(UNDISTURBED);
    }

    @Property(tries = 15)
    void whereAllRefuseTheJobWaitsAndGoesOnWhenAWorkerComes(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int workers,
            @ForAll @DoubleRange(max = 0.2) double trouble, @ForAll boolean quick) {
        var simulation = new Simulation(new Simulation.Setting(seed, workers, workers, 0, trouble, quick, false));
        assertThat(simulation.runFor(Duration.ofMinutes(40))).isFalse();
        assertThat(simulation.drivers()).allSatisfy(driver -> {
            assertThat(driver.isDone()).isFalse();
            assertThat(driver.waits()).last().asString().contains("says another fingerprint");
        });
        simulation.rescue();
        assertThat(simulation.run()).containsOnly(UNDISTURBED);
        assertThat(simulation.drivers()).allSatisfy(driver -> assertThat(driver.waits()).endsWith(""));
    }

    @Property(tries = 20)
    void eachSeedReplaysExactly(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int workers, @ForAll boolean quick) {
        var setting = new Simulation.Setting(seed, workers, workers / 3, workers / 4, 0.2, quick, true);
        var first = new Simulation(setting);
        var second = new Simulation(setting);
        first.run();
        second.run();
        assertThat(second.trace()).isEqualTo(first.trace()).hasSizeGreaterThan(100);
    }
}
