package io.longrope.search.evolution;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class LadderTest {

    private static final Ladder LADDER = new Ladder(List.of(2, 1), 0.25);

    /** Losses at the two steps, and three times the lower step's and 1 above them. */
    private static Measurement full(double first, double second) {
        double loss = 3 * first + 1;
        return new Measurement(List.of(loss), true, List.of(first - 0.1, first + 0.1, second, loss), 4);
    }

    private static List<Measurement> eight() {
        return IntStream.rangeClosed(1, 8).mapToObj(i -> full(i, 10 + i)).toList();
    }

    @Test
    void noBarIsSetBeforeEnoughTrialsAreKnownInFull() {
        var stopped = new Measurement(List.of(9.0), false, List.of(1.0, 1.0), 2);
        var diverged = new Measurement(List.of(Double.POSITIVE_INFINITY), true, List.of(1.0), 2);
        var few = new ArrayList<>(eight().subList(0, 5));
        few.addAll(List.of(stopped, diverged, Measurement.of(1, 1)));

        assertThat(LADDER.bars(few)).isEmpty();
        few.add(full(6, 16));
        assertThat(LADDER.bars(few)).hasSize(2);
        assertThat(Ladder.NONE.bars(eight())).isEmpty();
    }

    @Test
    void aTrialMustRankInTheShareOfThoseThatWentToTheEnd() {
        var bars = LADDER.bars(eight());
        assertThat(bars.get(0).limit()).isCloseTo(2, within(1e-12));
        assertThat(bars.get(1).limit()).isEqualTo(12);

        var more = new ArrayList<>(eight());
        IntStream.range(0, 24).forEach(i -> more.add(new Measurement(List.of(50.0), false, List.of(20.0 + i, 20.0 + i), 2)));
        assertThat(LADDER.bars(more).get(0).limit()).as("who was stopped sets no bar").isCloseTo(2, within(1e-12));
        assertThat(LADDER.bars(more).get(1).limit()).isEqualTo(12);
    }

    @Test
    void aLossAtAStepIsTakenForTheOneThatTrialsKnownInFullHadThere() {
        var known = new ArrayList<>(eight());
        known.set(7, full(1000, 1));

        assertThat(LADDER.bars(known).get(0).comparableLoss(4)).as("what exploded tells nothing").isCloseTo(13, within(1e-9));
        assertThat(LADDER.bars(known).get(1).comparableLoss(14)).isCloseTo(13, within(1e-9));
    }

    @Test
    void lossesThatGoTheOtherWayTellNothing() {
        var known = IntStream.rangeClosed(1, 8).mapToObj(i -> full(i, -i)).toList();
        var bar = LADDER.bars(known).get(1);

        assertThat(bar.slope()).isZero();
        assertThat(bar.comparableLoss(-100)).isEqualTo(bar.comparableLoss(100));
    }

    @Test
    void aRaceIsForTheSamplesAbove() {
        var ladder = new Ladder(List.of(1), 0.5);
        var known = List.of(new Measurement(List.of(1.5), true, List.of(9.0, 1.0, 2.0), 3),
                new Measurement(List.of(2.0), true, List.of(8.0, 1.6, 2.4), 3));

        assertThat(Race.against(known, 2, ladder).rival()).containsExactly(1.6, 2.4);
        assertThat(ladder.above(List.of(9.0))).isEmpty();
    }

    @Test
    void refusesWhatMakesNoLadder() {
        assertThatThrownBy(() -> new Ladder(List.of(2, 0), 0.5)).isInstanceOf(BadInput.class).hasMessageContaining("ladder.samples");
        assertThatThrownBy(() -> new Ladder(List.of(2), 0)).isInstanceOf(BadInput.class).hasMessageContaining("ladder.keep");
        assertThatThrownBy(() -> SearchSettings.builder().ladder(LADDER).freshSamples(true).build()).isInstanceOf(BadInput.class)
                .hasMessageContaining("ladder must be left out where every generation has fresh samples");
    }
}
