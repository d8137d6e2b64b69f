package io.longrope.progressive.plan;

import io.longrope.search.rope.NtkAware;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class StartPlanTest {

    private static final RopeGeometry GEOMETRY = new RopeGeometry(128, 10_000, 4096);

    @Test
    void stretchingTurnsNtkIntoNtkAndKeepsWhatIsNotStretched() {
        var ntk = new NtkAware();
        var table = new StartPlan.Table(8, new Candidate(ntk.factors(GEOMETRY, 8 * 4096), 4, 1.1));
        var stretched = table.stretchedTo(32);
        for (int i = 0; i < GEOMETRY.pairs(); i++) {
            assertThat(stretched.factors().get(i)).isCloseTo(ntk.factors(GEOMETRY, 32 * 4096).get(i), within(1e-9));
        }
        assertThat(stretched.startTokens()).isEqualTo(4);
        assertThat(table.stretchedTo(8)).isEqualTo(table.candidate());
        var steps = new StartPlan.Table(4, new Candidate(RescaleFactors.of(1, 1, 2, 4), 0, 1));
        assertThat(steps.stretchedTo(16).factors()).isEqualTo(RescaleFactors.of(1, 1, 4, 16));
        assertThat(steps.stretchedTo(0.5).factors()).as("a window shorter than the original needs no stretching")
                .isEqualTo(RescaleFactors.identity(4));
    }

    @Test
    void theTableOfTheNearestRatioIsTaken() {
        var tables = List.of(table(4), table(32), table(64));
        assertThat(StartPlan.nearest(tables, 16).extensionRatio()).isEqualTo(32);
        assertThat(StartPlan.nearest(tables, 8).extensionRatio()).isEqualTo(4);
        assertThat(StartPlan.nearest(tables, 512).extensionRatio()).isEqualTo(64);
    }

    private static StartPlan.Table table(double ratio) {
        return new StartPlan.Table(ratio, Candidate.original(4));
    }
}
