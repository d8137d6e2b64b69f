package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class RotaryTest {

    /** float32 angles would be off by up to 0.1 radians here. */
    @Test
    void tablesAreRightAtTwoMillion() {
        var geometry = new RopeGeometry(8, 500000, 8192);
        double[] factors = {1, 1.3, 17.25, Double.POSITIVE_INFINITY};
        double[] positions = {0, 3, 4, 131_071, 2_097_151};
        var candidate = new Candidate(RescaleFactors.of(factors), 4, 1.25);
        try (var manager = (PtNDManager) Script.engine().newBaseManager()) {
            var tables = new Rotary(geometry).tables(manager, positions, candidate)[0];
            var cos = tables.cos().toFloatArray();
            var sin = tables.sin().toFloatArray();
            for (int t = 0; t < positions.length; t++) {
                for (int i = 0; i < 4; i++) {
                    boolean kept = positions[t] < 4;
                    double angle = positions[t] * Math.pow(500000, -i / 4.0) / (kept ? 1 : factors[i]);
                    double factor = kept ? 1 : 1.25;
                    assertThat((double) cos[t * 4 + i]).isCloseTo(factor * Math.cos(angle), within(1e-6));
                    assertThat((double) sin[t * 4 + i]).isCloseTo(factor * Math.sin(angle), within(1e-6));
                }
            }
        }
    }
}
