package io.longrope.search.evolution;

import io.longrope.search.evolution.Landscapes.Recorder;
import io.longrope.search.evolution.SearchResult.End;
import io.longrope.search.problem.BadInput;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every optimizer promises that looks for one table; LayerSearchTest has the one that looks for a table of each layer. */
class OptimizerTest {

    private static final SearchSettings SMALL = SearchSettings.builder().population(16).mutations(6).crossovers(6).parents(8)
            .generations(10).maxEvaluations(100).build();

    static Stream<String> algorithms() {
        return SearchAlgorithms.namesOfOneObjective().stream().filter(name -> !SearchAlgorithms.named(name).isPerLayer());
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void everyCandidateIsValidAndNoneIsScoredTwice(String name) throws InterruptedException {
        for (var space : List.of(Landscapes.space(), SearchSpace.of(Landscapes.GEOMETRY, 8).step(0).startTokens(List.of(0)).build(),
                SearchSpace.of(Landscapes.GEOMETRY, 8).monotone(false).step(0.5).build(),
                SearchSpace.of(Landscapes.GEOMETRY, 8).stoppable(5).build(),
                SearchSpace.of(Landscapes.GEOMETRY, 8).groups(6).build(),
                SearchSpace.of(Landscapes.GEOMETRY, 8).monotone(false).groups(8).stoppable(4).build())) {
            if (name.equals("longrope2") && (!space.isMonotone() || space.groups().count() < 16 || space.stoppable() > 0)) {
                assertThatThrownBy(() -> search(name, space, SMALL, new Recorder(Landscapes::bowl))).isInstanceOf(BadInput.class);
                continue;
            }
            var recorder = new Recorder(Landscapes::bowl);
            search(name, space, SMALL, recorder);

            assertThat(recorder.candidates()).doesNotHaveDuplicates()
                    .allSatisfy(candidate -> assertThat(space.candidate(space.nearest(candidate))).isEqualTo(candidate));
        }
    }

    /** Four groups of which the third is stretched less than the second, and the last does not turn. */
    @ParameterizedTest
    @ValueSource(strings = {"adaptive", "longrope", "random"})
    void tablesThatFallAndPairsThatStopAreFound(String name) throws InterruptedException {
        double[] best = {1, 6, 3, Double.POSITIVE_INFINITY};
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).monotone(false).groups(4).stoppable(4).startTokens(List.of(0)).build();
        var recorder = new Recorder(candidate -> {
            double loss = 0;
            for (int group = 0; group < best.length; group++) {
                double factor = candidate.factors().get(4 * group);
                loss += Double.isInfinite(factor) == Double.isInfinite(best[group])
                        ? Math.abs(Math.log(Math.min(factor, 1e9) / Math.min(best[group], 1e9))) : 1;
            }
            return loss;
        });

        var settings = SMALL.toBuilder().generations(40).maxEvaluations(400).build();
        var found = search(name, space, settings, recorder).best().candidate().factors();

        assertThat(found.get(15)).isInfinite();
        assertThat(found.get(4)).isGreaterThan(found.get(8));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void theBudgetIsSpentExactly(String name) throws InterruptedException {
        for (int budget : new int[] {1, 7, 8, 50, 83}) {
            var recorder = new Recorder(Landscapes::bowl);
            var result = search(name, Landscapes.space(), SMALL.toBuilder().maxEvaluations(budget).build(), recorder);

            assertThat(recorder.candidates()).hasSize(budget);
            assertThat(result.evaluations()).isEqualTo(budget);
            assertThat(result.tokens()).isEqualTo(100L * budget);
            assertThat(result.end()).isEqualTo(End.EVALUATIONS);
        }
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void theTokenBudgetIsSpentAsFarAsWholeEvaluationsFit(String name) throws InterruptedException {
        for (int budget : new int[] {100, 250, 799, 800, 3_050}) {
            var result = search(name, Landscapes.space(), SMALL.toBuilder().maxTokens(budget).build(), new Recorder(Landscapes::bowl));

            assertThat(result.end()).isEqualTo(End.TOKENS);
            assertThat(result.evaluations()).isEqualTo(budget / 100);
            assertThat(result.tokens()).isEqualTo(100L * (budget / 100));
        }
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void racingSpendsWhatItSavesWithoutBreakingTheTokenBudget(String name) throws InterruptedException {
        var settings = SMALL.toBuilder().racing(true).maxEvaluations(400).maxTokens(40_500).build();
        var result = search(name, Landscapes.space(), settings, racing());

        assertThat(result.end()).isEqualTo(End.TOKENS);
        assertThat(result.tokens()).isBetween(39_501L, 40_500L);
        assertThat(result.stopped()).isPositive();
        assertThat(result.evaluations()).isGreaterThan(40);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void sameSeedSameSearch(String name) throws InterruptedException {
        var first = new Recorder(Landscapes::bowl);
        var second = new Recorder(Landscapes::bowl);
        var other = new Recorder(Landscapes::bowl);

        var result = search(name, Landscapes.space(), SMALL, first);
        assertThat(search(name, Landscapes.space(), SMALL, second)).isEqualTo(result);
        search(name, Landscapes.space(), SMALL.toBuilder().seed(43).build(), other);

        assertThat(second.generations).isEqualTo(first.generations);
        assertThat(other.candidates()).isNotEqualTo(first.candidates());
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void divergedCandidatesScoreWorstAndDoNotEndTheSearch(String name) throws InterruptedException {
        var recorder = new Recorder(candidate -> candidate.startTokens() > 8 ? Double.POSITIVE_INFINITY : Landscapes.bowl(candidate));
        var result = search(name, Landscapes.space(), SMALL, recorder);

        assertThat(result.evaluations()).isEqualTo(100);
        assertThat(result.best().loss()).isFinite();
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aSearchWhereEverythingDivergesStillEnds(String name) throws InterruptedException {
        var result = search(name, Landscapes.space(), SMALL, new Recorder(candidate -> Double.POSITIVE_INFINITY));

        assertThat(result.evaluations()).isEqualTo(100);
        assertThat(result.best().loss()).isInfinite();
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aSpaceSmallerThanTheBudgetIsExhausted(String name) throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).range(8, 8).startTokens(List.of(0, 1, 2)).build();
        var recorder = new Recorder(candidate -> candidate.startTokens());
        var result = search(name, space, SMALL, recorder);

        assertThat(recorder.candidates()).hasSize(3).doesNotHaveDuplicates();
        assertThat(result.end()).isEqualTo(End.EXHAUSTED);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void patienceEndsASearchWithoutGain(String name) throws InterruptedException {
        var result = search(name, Landscapes.space(), SMALL.toBuilder().patience(2).build(), new Recorder(candidate -> 1));

        assertThat(result.end()).isEqualTo(End.PATIENCE);
        assertThat(result.evaluations()).isLessThan(100);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void finalistsAreTheBestDistinctCandidatesScored(String name) throws InterruptedException {
        var recorder = new Recorder(Landscapes::bowl);
        var result = search(name, Landscapes.space(), SMALL, recorder);

        var expected = recorder.candidates().stream().map(Landscapes::bowl).sorted().limit(5).toList();
        assertThat(result.finalists()).extracting(Scored::loss).isEqualTo(expected);
        assertThat(result.finalists()).extracting(Scored::candidate).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void theListenerSeesEveryGeneration(String name) throws InterruptedException {
        var seen = new ArrayList<SearchListener.Progress>();
        var recorder = new Recorder(Landscapes::bowl);
        var result = Landscapes.search(name, Landscapes.space(), SMALL, Landscapes.seeds(), recorder, seen::add);

        assertThat(seen).hasSize(recorder.generations.size());
        assertThat(seen).extracting(SearchListener.Progress::bestLoss).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(seen.get(seen.size() - 1)).satisfies(last -> {
            assertThat(last.generation()).isEqualTo(result.generations());
            assertThat(last.evaluations()).isEqualTo(100);
            assertThat(last.best()).isEqualTo(result.best().candidate());
        });
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void anInterruptionComesThrough(String name) {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> search(name, Landscapes.space(), SMALL, trial -> new CompletableFuture<>()))
                .isInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void whatMeasuringATrialEndsWithEndsTheSearch(String name) {
        var fault = new IllegalArgumentException("no such model");

        assertThatThrownBy(() -> search(name, Landscapes.space(), SMALL, trial -> CompletableFuture.failedFuture(fault))).isSameAs(fault);
    }

    /** What makes a search resumable: known measurements answer at once, and nothing else differs. */
    @ParameterizedTest
    @MethodSource("algorithms")
    void anInterruptedSearchRunAgainOverItsMeasurementsEndsAsIfUndisturbed(String name) throws InterruptedException {
        for (boolean racing : new boolean[] {false, true}) {
            var settings = SMALL.toBuilder().racing(racing).build();
            var undisturbed = search(name, Landscapes.space(), settings, racing());
            var known = new HashMap<Trial, Measurement>();
            var asked = new ArrayList<Trial>();
            Scorer journalled = trial -> {
                if (!known.containsKey(trial)) {
                    asked.add(trial);
                    if (asked.size() == 44) {
                        return CompletableFuture.failedFuture(new IllegalStateException("the driver died"));
                    }
                    known.put(trial, racing().measure(trial).join());
                }
                return CompletableFuture.completedFuture(known.get(trial));
            };

            assertThatThrownBy(() -> search(name, Landscapes.space(), settings, journalled)).hasMessage("the driver died");
            assertThat(search(name, Landscapes.space(), settings, journalled)).isEqualTo(undisturbed);
            assertThat(asked).as("the one that was interrupted is asked twice, no other").hasSize(101);
            assertThat(asked.stream().distinct()).hasSize(100);
        }
    }

    /** Answers in any order, trials taken one by one or all at once: the same trials, racing or not, also where a token budget ends it. */
    @ParameterizedTest
    @MethodSource("algorithms")
    void theOrderOfAnswersChangesNothing(String name) {
        for (var settings : List.of(SMALL, SMALL.toBuilder().racing(true).build(),
                SMALL.toBuilder().racing(true).maxTokens(40_500).build())) {
            var expected = told(name, settings, new Random(1));
            for (int seed = 2; seed < 6; seed++) {
                assertThat(told(name, settings, new Random(seed))).isEqualTo(expected);
            }
        }
    }

    /** A search whose trials are taken in handfuls and answered in a random order. */
    private static List<Trial> told(String name, SearchSettings settings, Random random) {
        var optimizer = SearchAlgorithms.named(name).start(Landscapes.space(), settings, Landscapes.seeds());
        var trials = new ArrayList<Trial>();
        var open = new ArrayList<Trial>();
        while (true) {
            var asked = optimizer.ask(1 + random.nextInt(5));
            trials.addAll(asked);
            open.addAll(asked);
            if (open.isEmpty()) {
                return trials;
            }
            if (asked.isEmpty() || random.nextBoolean()) {
                var answered = open.remove(random.nextInt(open.size()));
                optimizer.tell(answered, racing().measure(answered).join());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void onlyWhatWasAskedIsToldAndOnce(String name) {
        var optimizer = SearchAlgorithms.named(name).start(Landscapes.space(), SMALL, Landscapes.seeds());
        var trials = optimizer.ask(2);
        var measurement = Measurement.of(1, 1);
        optimizer.tell(trials.get(0), measurement);

        assertThatThrownBy(() -> optimizer.tell(trials.get(0), measurement)).isInstanceOf(BadInput.class)
                .hasMessageContaining("not told yet");
        assertThatThrownBy(() -> optimizer.tell(trials.get(1), new Measurement(List.of(1.0, 2.0), true, List.of(), 1)))
                .isInstanceOf(BadInput.class).hasMessageContaining("measurement.losses");
        assertThatThrownBy(() -> optimizer.ask(0)).isInstanceOf(BadInput.class);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void racingSavesTokensAndEveryFinalistIsMeasuredInFull(String name) throws InterruptedException {
        var result = search(name, Landscapes.space(), SMALL.toBuilder().racing(true).build(), racing());
        var again = search(name, Landscapes.space(), SMALL.toBuilder().racing(true).build(), racing());

        assertThat(again).isEqualTo(result);
        assertThat(result.stopped()).isPositive().isEqualTo((int) result.scored().stream().filter(Scored::isStopped).count());
        assertThat(result.tokens())
                .isEqualTo(100L * result.scored().stream().mapToInt(one -> one.measurement().sampleLosses().size()).sum())
                .isLessThan(1_000L * result.evaluations());
        assertThat(result.scored()).filteredOn(Scored::isStopped)
                .allSatisfy(one -> assertThat(one.measurement().sampleLosses().size()).isIn(Rungs.USUAL));
        assertThat(result.finalists())
                .allSatisfy(finalist -> assertThat(finalist.loss()).isEqualTo(RacingLosses.loss(finalist.candidate())));
    }

    /** Samples of a generation shift every loss by as much: without scoring survivors again early ones would live for ever. */
    @ParameterizedTest
    @MethodSource("algorithms")
    void onFreshSamplesSurvivorsAreScoredAgainWithEveryGeneration(String name) throws InterruptedException {
        var settings = SMALL.toBuilder().freshSamples(true).maxEvaluations(0).generations(4).build();
        if (!SearchAlgorithms.named(name).rescores()) {
            assertThatThrownBy(() -> search(name, Landscapes.space(), settings, new Recorder(Landscapes::bowl)))
                    .isInstanceOf(BadInput.class).hasMessageContaining("search.fresh-samples must be false for algorithm " + name);
            return;
        }
        var recorder = new Recorder(Landscapes::bowl);
        var generations = recorder.generations;
        var draws = new TreeSet<Integer>();
        var result = search(name, Landscapes.space(), settings, trial -> {
            draws.add(trial.draw());
            assertThat(trial.draw()).isEqualTo(trial.generation() + 1);
            return recorder.measure(trial).thenApply(one -> Measurement.of(one.loss() + trial.draw(), one.tokens()));
        });

        assertThat(draws).containsExactly(1, 2, 3, 4, 5);
        assertThat(generations).hasSize(5);
        for (int i = 1; i < generations.size(); i++) {
            var expected = generations.get(i - 1).stream().sorted(Comparator.comparingDouble(Landscapes::bowl)).limit(8).toList();
            assertThat(generations.get(i).subList(0, 8)).isEqualTo(expected);
            assertThat(generations.get(i)).hasSize(8 + 12).doesNotHaveDuplicates();
        }
        assertThat(result.evaluations()).isEqualTo(settings.budget()).isEqualTo(16 + 4 * 20);
        assertThat(result.finalists()).extracting(Scored::loss).isEqualTo(generations.get(4).stream()
                .map(candidate -> Landscapes.bowl(candidate) + 5).sorted().limit(5).toList());
    }

    @Test
    void aBudgetThatEndsWithinAGenerationOnFreshSamplesScoresTheSurvivorsFirst() throws InterruptedException {
        var recorder = new Recorder(Landscapes::bowl);
        var result = search("longrope", Landscapes.space(), SMALL.toBuilder().freshSamples(true).maxEvaluations(16 + 3).build(), recorder);

        assertThat(result.evaluations()).isEqualTo(19);
        assertThat(recorder.generations.get(1)).hasSize(3).isSubsetOf(recorder.generations.get(0));
        assertThat(result.finalists()).hasSize(5);
        assertThat(result.finalists().subList(0, 3)).extracting(Scored::candidate).isEqualTo(recorder.generations.get(1));
    }

    @Test
    void anUnknownNameIsBadInputWithAHint() {
        assertThatThrownBy(() -> SearchAlgorithms.named("longrop")).isInstanceOf(BadInput.class)
                .hasMessageContaining("did you mean 'longrope'?");
    }

    private static Scorer racing() {
        return new Rungs(Rungs.USUAL, new RacingLosses());
    }

    private static SearchResult search(String name, SearchSpace space, SearchSettings settings, Scorer scorer) throws InterruptedException {
        return Landscapes.search(name, space, settings, Landscapes.seeds(), scorer);
    }
}
