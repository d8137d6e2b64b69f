package io.longrope.search.evolution.gradient;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResilientStepsTest {

    @Test
    void onlySignsCount() {
        assertThat(new ResilientSteps(3).next(new double[] {1e-6, -200, 0})).containsExactly(-1, 1, 0);
    }

    @Test
    void aStepGrowsWhileItsSignStaysAndHalvesWhereItTurns() {
        var steps = new ResilientSteps(2);
        steps.next(new double[] {1, 1});
        assertThat(steps.next(new double[] {3, -1})).as("where it turned it rests").containsExactly(-1.2, 0);
        assertThat(steps.next(new double[] {1, -1})).containsExactly(-1.44, 0.5);
        assertThat(steps.next(new double[] {1, -1})).containsExactly(-1.728, 0.6);
    }

    @Test
    void lengthsKeepWithinTheirEnds() {
        var steps = new ResilientSteps(1);
        for (int i = 0; i < 30; i++) {
            steps.next(new double[] {1});
        }
        assertThat(steps.length(0)).isEqualTo(ResilientSteps.LONGEST);
        for (int i = 0; i < 60; i++) {
            steps.next(new double[] {i % 2 == 0 ? -1 : 1});
            steps.next(new double[] {i % 2 == 0 ? -1 : 1});
            steps.shorten();
        }
        assertThat(steps.length(0)).isEqualTo(ResilientSteps.SHORTEST);
        assertThat(steps.repeated()[0]).isIn(-ResilientSteps.SHORTEST, ResilientSteps.SHORTEST);
    }
}
