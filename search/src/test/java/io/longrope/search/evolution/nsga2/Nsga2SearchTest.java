package io.longrope.search.evolution.nsga2;

import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.Scored;
import io.longrope.search.evolution.Scorer;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.evolution.SearchResult.End;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.BadInput;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class Nsga2SearchTest {

    private static final SearchSettings SMALL = SearchSettings.builder().population(16).mutations(6).crossovers(6).parents(8)
            .generations(30).maxEvaluations(400).build();
    private static final int TOKENS = 150;
    /** Long: the ramp of {@link Landscapes#bowl}; short: positions as trained. Between the optima one must be traded for the other. */
    private static final Scorer SCORER = trial -> measured(Landscapes.bowl(trial.candidate()), shortLoss(trial.candidate()));

    @Test
    void everyCandidateIsValidAndNoneIsScoredTwice() throws InterruptedException {
        for (var space : List.of(Landscapes.space(), SearchSpace.of(Landscapes.GEOMETRY, 8).monotone(false).step(0.5).build(),
                SearchSpace.of(Landscapes.GEOMETRY, 8).attentionFactor(new AttentionRange(1, 1.3, 0.01)).build())) {
            var asked = search(space, SMALL, SCORER).scored().stream().map(Scored::candidate).toList();

            assertThat(asked).doesNotHaveDuplicates()
                    .allSatisfy(candidate -> assertThat(space.candidate(space.nearest(candidate))).isEqualTo(candidate));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 32, 33, 100})
    void aCandidateCostsTwoEvaluationsAndTheBudgetIsKept(int budget) throws InterruptedException {
        var result = search(SMALL.toBuilder().maxEvaluations(budget).build());

        assertThat(result.scored()).hasSize(budget / 2);
        assertThat(result.evaluations()).isEqualTo(budget / 2 * 2);
        assertThat(result.tokens()).isEqualTo((long) TOKENS * (budget / 2));
        assertThat(result.end()).isEqualTo(End.EVALUATIONS);
    }

    @Test
    void aBudgetThatPaysForNoCandidateIsBadInput() {
        assertThatThrownBy(() -> search(SMALL.toBuilder().maxEvaluations(1).build())).isInstanceOf(BadInput.class)
                .hasMessageContaining("at least 2");
    }

    @Test
    void tokensGenerationsAndPatienceEndItToo() throws InterruptedException {
        assertThat(search(SMALL.toBuilder().maxTokens(3_000).build()).end()).isEqualTo(End.TOKENS);
        assertThat(search(SMALL.toBuilder().generations(2).build()).end()).isEqualTo(End.GENERATIONS);
        Scorer flat = trial -> measured(trial.generation() == 0 ? 1 : 2, 1);
        var first = SMALL.toBuilder().patience(2).population(1).build();
        var patient = search(Landscapes.space(), first, flat);
        assertThat(patient.end()).isEqualTo(End.PATIENCE);
        assertThat(patient.generations()).as("generations without gain").isEqualTo(2);
        var tiny = SearchSpace.of(Landscapes.GEOMETRY, 8).range(8, 8).startTokens(List.of(0, 1, 2)).build();
        assertThat(search(tiny, SMALL, flat).end()).isEqualTo(End.EXHAUSTED);
    }

    @Test
    void theFrontIsWhatNothingScoredBeats() throws InterruptedException {
        var result = search(SMALL);

        var asked = result.scored().stream().map(Scored::candidate).toList();
        var expected = asked.stream().filter(one -> asked.stream().noneMatch(other -> dominates(other, one))).toList();
        assertThat(result.front()).extracting(Scored::candidate).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(result.front()).extracting(Scored::loss).isSorted();
        assertThat(result.front()).extracting(one -> one.measurement().losses().get(1)).isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(result.finalists()).hasSize(5).isSubsetOf(result.front())
                .startsWith(result.front().get(0)).endsWith(result.front().get(result.front().size() - 1));
    }

    @Test
    void evolutionCoversMoreThanTheSameBudgetSpentOnTheFirstPopulation() throws InterruptedException {
        var problem = AnalyticProblem.all().get(0);
        Scorer scorer = trial -> measured(problem.loss().applyAsDouble(trial.candidate()), shortLoss(trial.candidate()));
        double evolved = 0;
        double drawn = 0;
        for (int seed = 1; seed <= 5; seed++) {
            var settings = SMALL.toBuilder().seed(seed).generations(1000).build();
            var onlyFirst = settings.toBuilder().population(200).generations(0).build();
            evolved += covered(Landscapes.search("nsga2", problem.space(), settings, problem.seeds(), scorer).front());
            drawn += covered(Landscapes.search("nsga2", problem.space(), onlyFirst, problem.seeds(), scorer).front());
        }
        assertThat(evolved).as("over five seeds").isGreaterThan(1.1 * drawn);
    }

    @Test
    void sameSeedSameSearchAlsoWhenRunAgainOverItsScores() throws InterruptedException {
        var undisturbed = search(SMALL);
        assertThat(search(SMALL)).isEqualTo(undisturbed);
        assertThat(search(SMALL.toBuilder().seed(43).build())).isNotEqualTo(undisturbed);
        var known = new HashSet<Candidate>();
        Scorer breaking = trial -> {
            boolean dies = known.size() == 43 && !known.contains(trial.candidate());
            known.add(trial.candidate());
            return dies ? CompletableFuture.failedFuture(new IllegalStateException("the driver died")) : SCORER.measure(trial);
        };
        assertThatThrownBy(() -> search(Landscapes.space(), SMALL, breaking)).hasMessage("the driver died");
        assertThat(search(Landscapes.space(), SMALL, breaking)).isEqualTo(undisturbed);
    }

    @Test
    void whatDivergesAtOneLengthIsNoMemberAndEverythingDivergingStillEnds() throws InterruptedException {
        Scorer partly = trial -> trial.candidate().startTokens() > 8 ? measured(-1, Double.POSITIVE_INFINITY) : SCORER.measure(trial);
        assertThat(search(Landscapes.space(), SMALL, partly).front())
                .allSatisfy(member -> assertThat(member.candidate().startTokens()).isLessThanOrEqualTo(8));
        assertThat(search(Landscapes.space(), SMALL, trial -> measured(Double.POSITIVE_INFINITY, 1)).evaluations()).isEqualTo(400);
    }

    private static SearchResult search(SearchSettings settings) throws InterruptedException {
        return search(Landscapes.space(), settings, SCORER);
    }

    private static SearchResult search(SearchSpace space, SearchSettings settings, Scorer scorer) throws InterruptedException {
        return Landscapes.search("nsga2", space, settings, Landscapes.seeds(), scorer);
    }

    private static CompletableFuture<Measurement> measured(double longLoss, double shortLoss) {
        return CompletableFuture.completedFuture(new Measurement(List.of(longLoss, shortLoss), true, List.of(), TOKENS));
    }

    private static double shortLoss(Candidate candidate) {
        return Arrays.stream(candidate.factors().layer(0)).map(factor -> Math.pow(Math.log(factor), 2)).average().orElseThrow();
    }

    private static boolean dominates(Candidate one, Candidate other) {
        double longer = Landscapes.bowl(one) - Landscapes.bowl(other);
        double shorter = shortLoss(one) - shortLoss(other);
        return longer <= 0 && shorter <= 0 && (longer < 0 || shorter < 0);
    }

    /** Hypervolume: the area of losses, up to 3 each, that some member of the front beats. */
    private static double covered(List<Scored> front) {
        double area = 0;
        double height = 3;
        for (var member : front) {
            double shortLoss = member.measurement().losses().get(1);
            if (member.loss() < 3 && shortLoss < height) {
                area += (3 - member.loss()) * (height - shortLoss);
                height = shortLoss;
            }
        }
        return area;
    }
}
