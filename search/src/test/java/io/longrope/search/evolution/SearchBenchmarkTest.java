package io.longrope.search.evolution;

import io.longrope.search.evolution.SearchBenchmark.Entrant;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class SearchBenchmarkTest {

    @Test
    void adaptiveReachesThePapersResultWithinFivePercentOfItsEvaluations() throws InterruptedException {
        var problem = AnalyticProblem.all().stream().filter(one -> one.name().equals("bowl-48")).toList();
        var rows = SearchBenchmark.run(problem, List.of(new Entrant("adaptive", 67), new Entrant("random", 67)), 3);

        assertThat(rows).extracting(SearchBenchmark.Row::algorithm).containsExactly("longrope", "adaptive", "random");
        assertThat(rows.get(0).mean()).isEqualTo(rows.get(0).target());
        assertThat(rows.get(1).reached()).isEqualTo(3);
        assertThat(rows.get(1).evaluationsToTarget().orElseThrow()).isLessThanOrEqualTo(67);
        assertThat(rows.get(1).worst()).isLessThan(rows.get(2).best());
    }

    @Test
    void aCurveNeverRisesAndKnowsWhenATargetWasReached() throws InterruptedException {
        var problem = AnalyticProblem.all().get(0);
        var curve = SearchCurve.of("longrope", problem.space(), SearchSettings.builder().maxEvaluations(90).build(), problem.seeds(),
                problem.scorer());

        assertThat(curve.bestLosses()).hasSize(90).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(curve.tokens()).last().isEqualTo(90L);
        assertThat(curve.evaluationsTo(curve.bestLosses().get(2)).orElseThrow()).isLessThanOrEqualTo(3);
        assertThat(curve.evaluationsTo(-1)).isEmpty();
        assertThat(problem.loss().applyAsDouble(curve.best().get(89))).isEqualTo(curve.finalLoss());
    }

    @Test
    void problemsAreFiniteAtTheirSeedsAndPreferSixteenStartTokens() {
        for (var problem : AnalyticProblem.all()) {
            for (var seed : problem.seeds()) {
                assertThat(problem.loss().applyAsDouble(seed)).isPositive().isFinite();
            }
            var worse = problem.seeds().get(0);
            var better = new Candidate(worse.factors(), 16, 1);
            assertThat(problem.loss().applyAsDouble(better)).isLessThan(problem.loss().applyAsDouble(worse));
            assertThat(problem.space().pairs()).isIn(48, 64);
        }
    }
}
