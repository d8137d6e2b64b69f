package io.longrope.search.evolution;

import io.longrope.search.evolution.ParetoFitness.Losses;
import io.longrope.search.evolution.ParetoResult.Member;
import io.longrope.search.evolution.SearchResult.End;
import io.longrope.search.problem.BadInput;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ParetoSearchTest {

    private static final SearchSettings SMALL = SearchSettings.builder().population(16).mutations(6).crossovers(6).parents(8)
            .generations(30).maxEvaluations(400).build();
    private static final int TOKENS = 150;

    @Test
    void everyCandidateIsValidAndNoneIsScoredTwice() throws InterruptedException {
        for (var space : List.of(Landscapes.space(), SearchSpace.of(Landscapes.GEOMETRY, 8).monotone(false).step(0.5).build(),
                SearchSpace.of(Landscapes.GEOMETRY, 8).attentionFactor(new AttentionRange(1, 1.3, 0.01)).build())) {
            var asked = new ArrayList<Candidate>();
            ParetoSearch.search(space, SMALL, Landscapes.seeds(), recording(asked), SearchListener.NONE);

            assertThat(asked).doesNotHaveDuplicates().allSatisfy(candidate -> assertThat(space.candidate(space.nearest(candidate))).isEqualTo(candidate));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 32, 33, 100})
    void aCandidateCostsTwoEvaluationsAndTheBudgetIsKept(int budget) throws InterruptedException {
        var asked = new ArrayList<Candidate>();
        var result = ParetoSearch.search(Landscapes.space(), SMALL.toBuilder().maxEvaluations(budget).build(), Landscapes.seeds(), recording(asked),
                SearchListener.NONE);

        assertThat(asked).hasSize(budget / 2);
        assertThat(result.evaluations()).isEqualTo(budget / 2 * 2);
        assertThat(result.tokens()).isEqualTo((long) TOKENS * (budget / 2));
        assertThat(result.end()).isEqualTo(End.EVALUATIONS);
    }

    @Test
    void aBudgetThatPaysForNoCandidateIsBadInput() {
        assertThatThrownBy(() -> ParetoSearch.search(Landscapes.space(), SMALL.toBuilder().maxEvaluations(1).build(), List.of(),
                recording(new ArrayList<>()), SearchListener.NONE)).isInstanceOf(BadInput.class).hasMessageContaining("at least 2");
    }

    @Test
    void tokensGenerationsAndPatienceEndItToo() throws InterruptedException {
        assertThat(search(SMALL.toBuilder().maxTokens(3_000).build()).end()).isEqualTo(End.TOKENS);
        assertThat(search(SMALL.toBuilder().generations(2).build()).end()).isEqualTo(End.GENERATIONS);
        ParetoFitness flat = generation -> generation.stream().map(candidate -> new Losses(1, 1, TOKENS)).toList();
        var first = SMALL.toBuilder().patience(2).population(1).build();
        ParetoFitness falling = new ParetoFitness() {
            private boolean known;

            @Override
            public List<Losses> evaluate(List<Candidate> generation) {
                var losses = generation.stream().map(candidate -> new Losses(known ? 2 : 1, known ? 2 : 1, TOKENS)).toList();
                known = true;
                return losses;
            }
        };
        assertThat(ParetoSearch.search(Landscapes.space(), first, List.of(), falling, SearchListener.NONE).end()).isEqualTo(End.PATIENCE);
        var tiny = SearchSpace.of(Landscapes.GEOMETRY, 8).range(8, 8).startTokens(List.of(0, 1, 2)).build();
        assertThat(ParetoSearch.search(tiny, SMALL, Landscapes.seeds(), flat, SearchListener.NONE).end()).isEqualTo(End.EXHAUSTED);
    }

    @Test
    void theFrontIsWhatNothingScoredBeats() throws InterruptedException {
        var asked = new ArrayList<Candidate>();
        var result = ParetoSearch.search(Landscapes.space(), SMALL, Landscapes.seeds(), recording(asked), SearchListener.NONE);

        var expected = asked.stream().filter(one -> asked.stream().noneMatch(other -> dominates(other, one))).toList();
        assertThat(result.front()).extracting(Member::candidate).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(result.front()).extracting(Member::longLoss).isSorted();
        assertThat(result.front()).extracting(Member::shortLoss).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(result.finalists()).hasSize(5).isSubsetOf(result.front())
                .startsWith(result.front().get(0)).endsWith(result.front().get(result.front().size() - 1));
    }

    @Test
    void evolutionCoversMoreThanTheSameBudgetSpentOnTheFirstPopulation() throws InterruptedException {
        var problem = AnalyticProblem.all().get(0);
        ParetoFitness fitness = generation -> generation.stream()
                .map(candidate -> new Losses(problem.loss().applyAsDouble(candidate), shortLoss(candidate), TOKENS)).toList();
        double evolved = 0;
        double drawn = 0;
        for (int seed = 1; seed <= 5; seed++) {
            var settings = SMALL.toBuilder().seed(seed).generations(1000).build();
            var onlyFirst = settings.toBuilder().population(200).generations(0).build();
            evolved += covered(ParetoSearch.search(problem.space(), settings, problem.seeds(), fitness, SearchListener.NONE).front());
            drawn += covered(ParetoSearch.search(problem.space(), onlyFirst, problem.seeds(), fitness, SearchListener.NONE).front());
        }
        assertThat(evolved).as("over five seeds").isGreaterThan(1.1 * drawn);
    }

    @Test
    void sameSeedSameSearchAlsoWhenRunAgainOverItsScores() throws InterruptedException {
        var undisturbed = search(SMALL);
        assertThat(search(SMALL)).isEqualTo(undisturbed);
        assertThat(search(SMALL.toBuilder().seed(43).build())).isNotEqualTo(undisturbed);
        var known = new HashMap<Candidate, Losses>();
        ParetoFitness breaking = generation -> {
            for (var candidate : generation) {
                if (!known.containsKey(candidate) && known.size() == 43) {
                    throw new InterruptedException();
                }
                known.put(candidate, losses(candidate));
            }
            return List.of();
        };
        assertThatThrownBy(() -> ParetoSearch.search(Landscapes.space(), SMALL, Landscapes.seeds(), generation -> {
            breaking.evaluate(generation);
            return generation.stream().map(known::get).toList();
        }, SearchListener.NONE)).isInstanceOf(InterruptedException.class);
        assertThat(ParetoSearch.search(Landscapes.space(), SMALL, Landscapes.seeds(),
                generation -> generation.stream().map(candidate -> known.getOrDefault(candidate, losses(candidate))).toList(), SearchListener.NONE))
                .isEqualTo(undisturbed);
    }

    @Test
    void whatDivergesAtOneLengthIsNoMemberAndEverythingDivergingStillEnds() throws InterruptedException {
        ParetoFitness partly = generation -> generation.stream()
                .map(candidate -> candidate.startTokens() > 8 ? new Losses(-1, Double.POSITIVE_INFINITY, TOKENS) : losses(candidate)).toList();
        assertThat(ParetoSearch.search(Landscapes.space(), SMALL, Landscapes.seeds(), partly, SearchListener.NONE).front())
                .allSatisfy(member -> assertThat(member.candidate().startTokens()).isLessThanOrEqualTo(8));
        ParetoFitness nowhere = generation -> generation.stream()
                .map(candidate -> new Losses(Double.POSITIVE_INFINITY, 1, TOKENS)).toList();
        assertThat(ParetoSearch.search(Landscapes.space(), SMALL, Landscapes.seeds(), nowhere, SearchListener.NONE).evaluations()).isEqualTo(400);
    }

    private static ParetoResult search(SearchSettings settings) throws InterruptedException {
        return ParetoSearch.search(Landscapes.space(), settings, Landscapes.seeds(), recording(new ArrayList<>()), SearchListener.NONE);
    }

    private static ParetoFitness recording(List<Candidate> asked) {
        return generation -> {
            asked.addAll(generation);
            return generation.stream().map(ParetoSearchTest::losses).toList();
        };
    }

    /** Long: the ramp of {@link Landscapes#bowl}; short: positions as trained. Between the optima one must be traded for the other. */
    private static Losses losses(Candidate candidate) {
        return new Losses(Landscapes.bowl(candidate), shortLoss(candidate), TOKENS);
    }

    private static double shortLoss(Candidate candidate) {
        return Arrays.stream(candidate.factors().layer(0)).map(factor -> Math.pow(Math.log(factor), 2)).average().orElseThrow();
    }

    private static boolean dominates(Candidate one, Candidate other) {
        var a = losses(one);
        var b = losses(other);
        return a.longLoss() <= b.longLoss() && a.shortLoss() <= b.shortLoss() && (a.longLoss() < b.longLoss() || a.shortLoss() < b.shortLoss());
    }

    /** Hypervolume: the area of losses, up to 3 each, that some member of the front beats. */
    private static double covered(List<Member> front) {
        double area = 0;
        double height = 3;
        for (var member : front) {
            if (member.longLoss() < 3 && member.shortLoss() < height) {
                area += (3 - member.longLoss()) * (height - member.shortLoss());
                height = member.shortLoss();
            }
        }
        return area;
    }
}
