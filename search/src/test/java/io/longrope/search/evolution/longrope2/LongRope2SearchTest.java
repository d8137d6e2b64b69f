package io.longrope.search.evolution.longrope2;

import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.Landscapes.Recorder;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class LongRope2SearchTest {

    private static final RopeGeometry LLAMA3 = new RopeGeometry(128, 500_000, 8192);

    /** Theoretical critical pairs of published models (one and ten turns). */
    @ParameterizedTest
    @CsvSource({"128, 10000, 4096, 30, 46", "128, 10000, 8192, 34, 50", "128, 500000, 8192, 24, 35", "96, 10000, 2048, 19, 31",
            "96, 10000, 4096, 22, 34"})
    void criticalPairsOfKnownModels(int rotaryDim, double theta, int length, int tenTurns, int oneTurn) {
        assertThat(CriticalPairs.of(new RopeGeometry(rotaryDim, theta, length))).isEqualTo(new CriticalPairs(tenTurns, oneTurn));
    }

    @Test
    void everyTableIsNtkBelowItsCriticalPairAndBetweenSAndTwiceSFromThere() throws InterruptedException {
        var recorder = new Recorder(candidate -> candidate.factors().get(40));
        var space = SearchSpace.of(LLAMA3, 16).range(1, 32).startTokens(List.of(0)).build();
        Landscapes.search("longrope2", space, SearchSettings.builder().criticalPair(33).maxEvaluations(300).build(), List.of(), recorder);

        assertThat(recorder.candidates()).hasSize(300).allSatisfy(candidate -> {
            for (int i = 0; i < 33; i++) {
                // both ends were rounded to the grid of 0.01
                assertThat(candidate.factors().get(i)).isCloseTo(Math.pow(candidate.factors().get(33), i / 33.0), within(0.011));
            }
            for (int i = 33; i < 64; i++) {
                assertThat(candidate.factors().get(i)).isBetween(16.0, 32.0);
            }
        });
    }

    @Test
    void theCriticalPairIsFoundWhereItIsNotGiven() throws InterruptedException {
        var space = SearchSpace.of(LLAMA3, 16).range(1, 32).startTokens(List.of(0)).build();
        // best when the NTK curve reaches 16 at pair 28
        var result = Landscapes.search("longrope2", space, SearchSettings.builder().maxEvaluations(400).build(), List.of(),
                new Recorder(LongRope2SearchTest::distanceToNtk28));

        assertThat(result.best().candidate().factors().get(14)).isCloseTo(4, within(0.6));
        assertThat(result.best().candidate().factors().get(28)).isCloseTo(16, within(2.0));
    }

    @Test
    void aRangeBelowTheExtensionRatioIsBadInput() {
        var space = SearchSpace.of(LLAMA3, 16).range(1, 8).build();

        assertThatThrownBy(() -> Landscapes.search("longrope2", space, SearchSettings.builder().build(), List.of(),
                new Recorder(candidate -> 0))).isInstanceOf(BadInput.class).hasMessageContaining("space.upper");
    }

    private static double distanceToNtk28(Candidate candidate) {
        double sum = 0;
        for (int i = 0; i < 64; i++) {
            sum += Math.pow(Math.log(candidate.factors().get(i)) - Math.min(1, i / 28.0) * Math.log(16), 2);
        }
        return sum;
    }
}
