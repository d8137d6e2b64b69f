package io.longrope.search.evolution.internal;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class CholeskyTest {

    private static final double[][] MATRIX = {{4, 2, 0.6}, {2, 5, 1}, {0.6, 1, 3}};

    @Test
    void solvesWhatItFactored() {
        var x = Cholesky.of(MATRIX).solve(new double[] {1, 2, 3});

        for (int i = 0; i < 3; i++) {
            double row = MATRIX[i][0] * x[0] + MATRIX[i][1] * x[1] + MATRIX[i][2] * x[2];
            assertThat(row).isCloseTo(i + 1, within(1e-12));
        }
    }

    @Test
    void manyRightSidesAreSolvedLikeOne() {
        var factor = Cholesky.of(MATRIX);
        var solved = factor.solveLower(new double[][] {{1, 7}, {2, -1}, {3, 0.5}});

        var first = factor.solveLower(new double[] {1, 2, 3});
        var second = factor.solveLower(new double[] {7, -1, 0.5});
        for (int i = 0; i < 3; i++) {
            assertThat(solved[i]).containsExactly(first[i], second[i]);
        }
    }

    @Test
    void determinantByHand() {
        // 4 (15 - 1) - 2 (6 - 0.6) + 0.6 (2 - 3) = 44.6
        assertThat(Cholesky.of(MATRIX).logDeterminant()).isCloseTo(Math.log(44.6), within(1e-12));
    }

    @Test
    void aSingularMatrixIsLifted() {
        assertThat(Cholesky.of(new double[][] {{1, 1}, {1, 1}}).solve(new double[] {1, 1})).doesNotContain(Double.NaN);
    }
}
