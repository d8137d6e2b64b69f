package io.longrope.search.evolution.internal;

import org.junit.jupiter.api.Test;

import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GaussianTest {

    private static final int DRAWS = 200_000;

    @Test
    void isStandardNormal() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(5);
        double sum = 0;
        double squares = 0;
        double fourths = 0;
        int within1 = 0;
        int beyond2 = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            double z = Gaussian.next(random);
            sum += z;
            squares += z * z;
            fourths += z * z * z * z;
            within1 += Math.abs(z) < 1 ? 1 : 0;
            beyond2 += Math.abs(z) > 2 ? 1 : 0;
        }

        // five standard errors each
        assertThat(sum / DRAWS).isCloseTo(0, within(0.0112));
        assertThat(squares / DRAWS).isCloseTo(1, within(0.016));
        assertThat(fourths / DRAWS).isCloseTo(3, within(0.11));
        assertThat(within1 / (double) DRAWS).isCloseTo(0.6827, within(0.0052));
        assertThat(beyond2 / (double) DRAWS).isCloseTo(0.0455, within(0.0024));
    }

    /** Frozen: these numbers enter every search. */
    @Test
    void isTheSameEverywhere() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);

        assertThat(new String[] {hex(Gaussian.next(random)), hex(Gaussian.next(random)), hex(Gaussian.next(random))})
                .containsExactly("-0x1.68bf8fd89767bp-2", "0x1.1361986c011ap0", "0x1.0aa89e0ff9affp0");
    }

    private static String hex(double value) {
        return Double.toHexString(value);
    }
}
