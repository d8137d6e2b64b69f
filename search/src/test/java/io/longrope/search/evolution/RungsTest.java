package io.longrope.search.evolution;

import io.longrope.search.problem.BadInput;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RungsTest {

    private static final Race RACE = new Race(List.of(1.0, 2.0, 3.0, 2.0, 2.0), 0.1);

    /** Of five samples the first is a step, of which a loss of 2 is worth 7; the race is for the others. */
    private static final Ladder LADDER = new Ladder(List.of(1), 0.5);
    private static final Race SCREENED = new Race(List.of(1.0, 2.0, 3.0, 2.0), 0.1, List.of(new Ladder.Bar(2, 3, 2)));

    /** Whoever answers first: every trial ends with the same measurement. */
    @Property(tries = 200)
    void theOrderOfAnswersChangesNothing(@ForAll long losses, @ForAll long order, @ForAll @IntRange(min = 1, max = 12) int trials,
            @ForAll boolean screened) {
        var race = screened ? SCREENED : RACE;
        var ladder = screened ? LADDER : Ladder.NONE;
        var samples = new LateLosses(losses);
        var rungs = new Rungs(List.of(1, 2), ladder, samples);
        var measurements = new ArrayList<CompletableFuture<Measurement>>();
        for (int number = 0; number < trials; number++) {
            measurements.add(rungs.measure(trial(number, race)));
        }
        var random = new Random(order);
        while (!samples.open.isEmpty()) {
            samples.open.remove(random.nextInt(samples.open.size())).run();
        }

        for (int number = 0; number < trials; number++) {
            var alone = new LateLosses(losses);
            var expected = new Rungs(List.of(1, 2), ladder, alone).measure(trial(number, race));
            while (!alone.open.isEmpty()) {
                alone.open.remove(0).run();
            }
            assertThat(measurements.get(number)).isCompletedWithValue(expected.join());
        }
    }

    @Test
    void aHopelessTrialEndsAtItsRungAndPaysForNoSampleTwice() {
        assertThat(measured(RACE, 9, 9, 9, 9, 9)).isEqualTo(new Measurement(List.of(10.0), false, List.of(9.0), 7));
        assertThat(measured(RACE, 1, 9, 9, 9, 9)).isEqualTo(new Measurement(List.of(5.5), false, List.of(1.0, 9.0), 14));
        assertThat(measured(RACE, 1, 2, 9, 9, 9)).as("nothing is decided between the last rung and the end")
                .isEqualTo(new Measurement(List.of(6.0), true, List.of(1.0, 2.0, 9.0, 9.0, 9.0), 35));
    }

    @Test
    void aTrialBelowItsBarEndsThereAndTheLossIsThatOfWhatLiesAbove() {
        assertThat(screened(SCREENED, 2.5, 1, 1, 1, 1)).isEqualTo(new Measurement(List.of(8.0), false, List.of(2.5), 7));
        assertThat(screened(SCREENED, 2, 9, 9, 9, 9)).as("the race is for the samples above")
                .isEqualTo(new Measurement(List.of(10.0), false, List.of(2.0, 9.0), 14));
        assertThat(screened(SCREENED, 2, 1, 2, 3, 2)).isEqualTo(new Measurement(List.of(2.0), true, List.of(2.0, 1.0, 2.0, 3.0, 2.0), 35));
        assertThat(screened(Race.OFF, 9, 1, 2, 3, 2)).as("no bar is known yet")
                .isEqualTo(new Measurement(List.of(2.0), true, List.of(9.0, 1.0, 2.0, 3.0, 2.0), 35));
    }

    @Test
    void somethingIsMeasuredAboveALadder() {
        assertThatThrownBy(() -> new Rungs(List.of(1), new Ladder(List.of(2, 3), 0.5), new LateLosses(1)))
                .isInstanceOf(BadInput.class).hasMessageContaining("samples must be more than those of the ladder, 5");
    }

    @Test
    void withoutARaceAllSamplesAreAskedForAtOnce() {
        var samples = new LateLosses(1);
        var measurement = new Rungs(List.of(1, 2), samples).measure(trial(0, Race.OFF));

        assertThat(samples.open).hasSize(1);
        samples.open.remove(0).run();
        assertThat(measurement.join().sampleLosses()).hasSize(5);
        assertThat(samples.open).isEmpty();
    }

    @Test
    void whatDivergesOrCannotBeMeasuredIsWorstAndNoSampleFollows() {
        assertThat(measured(RACE, 1, Double.NaN, 1, 1, 1))
                .isEqualTo(new Measurement(List.of(Double.POSITIVE_INFINITY), true, List.of(1.0), 14));
        assertThat(measured(RACE, Double.NaN, 1, 1, 1, 1))
                .isEqualTo(new Measurement(List.of(Double.POSITIVE_INFINITY), true, List.of(), 7));
    }

    @Test
    void rungsAreAscending() {
        for (var rungs : List.of(List.of(0), List.of(2, 1), List.of(1, 1))) {
            assertThatThrownBy(() -> SearchSettings.builder().rungs(rungs).build()).isInstanceOf(BadInput.class)
                    .hasMessageContaining("rungs must be");
        }
        assertThat(Rungs.below(List.of(1, 2, 5, 8), 5)).containsExactly(1, 2);
    }

    private static Trial trial(int number, Race race) {
        return new Trial(number, 1, 0, Landscapes.seeds().get(0), race);
    }

    private static Measurement measured(Race race, double... losses) {
        return measured(Ladder.NONE, race, losses);
    }

    private static Measurement screened(Race race, double... losses) {
        return measured(LADDER, race, losses);
    }

    private static Measurement measured(Ladder ladder, Race race, double... losses) {
        return new Rungs(List.of(1, 2), ladder, new SampleLosses() {

            @Override
            public int count() {
                return losses.length;
            }

            @Override
            public CompletableFuture<Part> measure(Trial trial, int from, int to) {
                return CompletableFuture.completedFuture(part(losses, from, to));
            }
        }).measure(trial(0, race)).join();
    }

    private static SampleLosses.Part part(double[] losses, int from, int to) {
        var known = new ArrayList<Double>();
        int sample = from;
        while (sample < to && !Double.isNaN(losses[sample])) {
            known.add(losses[sample++]);
        }
        return new SampleLosses.Part(known, 7L * (known.size() + (sample < to ? 1 : 0)));
    }

    /** Five samples per trial, by trial number; answers come when they are run. */
    private static final class LateLosses implements SampleLosses {

        private final List<Runnable> open = new ArrayList<>();
        private final Map<Integer, double[]> losses = new HashMap<>();
        private final long seed;

        LateLosses(long seed) {
            this.seed = seed;
        }

        @Override
        public int count() {
            return 5;
        }

        @Override
        public CompletableFuture<Part> measure(Trial trial, int from, int to) {
            var own = losses.computeIfAbsent(trial.number(), number -> {
                var random = new Random(seed + number);
                return random.doubles(5, 0, 4).map(loss -> loss < 0.2 ? Double.NaN : loss).toArray();
            });
            var answer = new CompletableFuture<Part>();
            open.add(() -> answer.complete(part(own, from, to)));
            return answer;
        }
    }
}
