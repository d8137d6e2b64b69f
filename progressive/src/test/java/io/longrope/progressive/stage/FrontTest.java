package io.longrope.progressive.stage;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FrontTest {

    @Test
    void theBestAtTheLongLengthAmongThoseWithinTheToleranceIsPicked() {
        var front = front(0.02, losses("original", 1, 0, 5, 1), losses("gentle", 2, 0, 2, 1.01), losses("middle", 3, 0, 1.5, 1.019),
                losses("long", 4, 0, 1.2, 1.3));
        assertThat(front.picked().name()).isEqualTo("middle");
        assertThat(front.entry("test").withoutStartTokens()).isEmpty();
        assertThat(front.rule()).isEqualTo("lowest perplexity at 1024 tokens among those at most 2.0 % above the lowest at 256, 2.718");
        assertThat(front(0, losses("original", 1, 0, 5, 1), losses("gentle", 2, 0, 2, 1.01)).picked().name()).isEqualTo("original");
        assertThat(front(10, losses("original", 1, 0, 5, 1), losses("long", 4, 0, 1.2, 1.3)).picked().name()).isEqualTo("long");
    }

    @Test
    void enginesGetTheBestWithoutStartTokensWithinTheToleranceOrWhatComesNearest() {
        var front = front(0.02, losses("tokens", 3, 8, 1.5, 1), losses("twin", 3, 0, 1.6, 1.01), losses("worse", 2, 0, 2, 1));
        assertThat(front.picked().name()).isEqualTo("tokens");
        assertThat(front.pickedForEngines().orElseThrow().name()).isEqualTo("twin");
        assertThat(front.entry("test").withoutStartTokens().orElseThrow().candidate().startTokens()).isZero();
        assertThat(front(0.02, losses("tokens", 3, 8, 1.5, 1), losses("far", 3, 0, 1.6, 1.5), losses("near", 2, 0, 2, 1.1))
                .pickedForEngines().orElseThrow().name())
                .isEqualTo("near");
    }

    @Test
    void whatDivergesAtOneLengthIsNeverPicked() {
        double nowhere = Double.POSITIVE_INFINITY;
        assertThat(front(0.02, losses("short", 1, 0, nowhere, 1), losses("both", 2, 0, 3, 2)).picked().name()).isEqualTo("both");
        assertThatThrownBy(() -> front(0.02, losses("short", 1, 0, nowhere, 1), losses("long", 2, 0, 3, nowhere)).picked())
                .isInstanceOf(BadInput.class).hasMessageContaining("finite at both");
    }

    private static Front front(double tolerance, Front.Losses... compared) {
        return new Front("search", 1024, 256, tolerance, List.of(), List.of(compared));
    }

    private static Front.Losses losses(String name, double factor, int startTokens, double longLoss, double shortLoss) {
        return new Front.Losses(name, new Candidate(RescaleFactors.of(1, factor), startTokens, 1), longLoss, shortLoss);
    }
}
