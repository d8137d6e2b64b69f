package io.longrope.progressive.stage;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SelectionTest {

    private static final Candidate YARN = new Candidate(RescaleFactors.of(1, 4), 0, 1);
    private static final Candidate SEARCHED = new Candidate(RescaleFactors.of(1, 3), 8, 1);

    @Test
    void everyFinalistComesWithItsTwinAndNobodyTwice() {
        var lineUp = Selection.lineUp(List.of(SEARCHED, SEARCHED.withStartTokens(0), YARN), Map.of("yarn", YARN),
                Selection.ENGINES);
        assertThat(lineUp.keySet()).containsExactly("yarn", "finalist 1", "finalist 1 as engines run it");
    }

    @Test
    void aClearGainWins() {
        var selection = selection(List.of(1.0, 2.0, 3.0), List.of(0.9, 1.9, 2.95), List.of(0.95, 1.95, 2.96));
        assertThat(selection.winner().name()).isEqualTo("finalist 1");
        assertThat(selection.winnerForEngines().name()).isEqualTo("finalist 1 as engines run it");
        var entry = selection.entry("test", Selection.Contender::perplexity);
        assertThat(entry.best().candidate()).isEqualTo(SEARCHED);
        assertThat(entry.withoutStartTokens().orElseThrow().candidate()).isEqualTo(SEARCHED.withStartTokens(0));
    }

    @Test
    void aGainWithinTheNoiseOfTheSamplesKeepsTheKnownMethod() {
        var selection = selection(List.of(1.0, 2.0, 3.0), List.of(0.5, 2.2, 3.2), List.of(1.1, 2.1, 3.1));
        assertThat(selection.winner().name()).isEqualTo("yarn");
        assertThat(selection.entry("test", Selection.Contender::perplexity).withoutStartTokens()).isEmpty();
    }

    @Test
    void theGapToTheSamplesOfTheSearchIsKnownOfWhatWasScoredThere() {
        var contenders = selection(List.of(1.0), List.of(0.5 + Math.log(1.1)), List.of(0.9)).contenders();
        assertThat(contenders.get(1).searchPerplexity()).hasValue(Math.exp(0.5));
        assertThat(contenders.get(1).gap().getAsDouble()).isCloseTo(0.1, within(1e-12));
        assertThat(contenders.get(0).gap()).as("yarn was not scored on the samples of the search").isEmpty();
    }

    @Test
    void divergedContendersLoseAndNothingFiniteIsBadInput() {
        var lineUp = Selection.lineUp(List.of(SEARCHED), Map.of("yarn", YARN), Selection.ENGINES);
        var selection = Selection.of(512, lineUp, Set.of("yarn"), List.of(diverged(), score(List.of(9.0)), diverged()),
                Map.of(SEARCHED, 0.5), Selection.ENGINES);
        assertThat(selection.winner().name()).isEqualTo("finalist 1");
        assertThatThrownBy(() -> Selection.of(512, lineUp, Set.of("yarn"), List.of(diverged(), diverged(), diverged()),
                Map.of(SEARCHED, 0.5), Selection.ENGINES).entry("test", Selection.Contender::perplexity))
                .isInstanceOf(BadInput.class).hasMessageContaining("finite");
    }

    private static Selection selection(List<Double> yarn, List<Double> searched, List<Double> twin) {
        var lineUp = Selection.lineUp(List.of(SEARCHED), Map.of("yarn", YARN), Selection.ENGINES);
        return Selection.of(512, lineUp, Set.of("yarn"), List.of(score(yarn), score(searched), score(twin)), Map.of(SEARCHED, 0.5),
                Selection.ENGINES);
    }

    private static Evaluation score(List<Double> losses) {
        return new Evaluation(losses, losses.stream().map(loss -> List.<Double>of()).toList(), "", 1);
    }

    private static Evaluation diverged() {
        return new Evaluation(List.of(), List.of(), "nan", 1);
    }
}
