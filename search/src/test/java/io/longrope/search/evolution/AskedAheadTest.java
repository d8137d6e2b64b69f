package io.longrope.search.evolution;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Searches that ask for trials before the losses of all earlier ones are known. */
class AskedAheadTest {

    private static final int AHEAD = 11;
    private static final SearchSettings SETTINGS = SearchSettings.builder().batch(4).askAhead(AHEAD).maxEvaluations(70)
            .racing(true).build();
    /** Of the ten samples the first two are a step, and the third is one. */
    private static final SearchSettings SCREENED = SETTINGS.toBuilder().ladder(new Ladder(List.of(2, 1), 0.4)).build();

    static Stream<String> algorithms() {
        return SearchAlgorithms.names().stream().filter(name -> SearchAlgorithms.named(name).asksAhead());
    }

    static Stream<String> others() {
        return SearchAlgorithms.names().stream().filter(name -> !SearchAlgorithms.named(name).asksAhead());
    }

    /** One worker, seven or sixty-four, each task as long as chance has it, and what the listener hears besides. */
    @ParameterizedTest
    @MethodSource("algorithms")
    void theNumberOfWorkersChangesNothing(String name) throws InterruptedException {
        for (var settings : List.of(SETTINGS, SETTINGS.toBuilder().maxEvaluations(400).maxTokens(40_500).build(),
                SETTINGS.toBuilder().patience(2).build(), SCREENED, SCREENED.toBuilder().racing(false).askAhead(0).build())) {
            var told = new ArrayList<SearchListener.Progress>();
            var expected = Landscapes.search(name, Landscapes.space(), settings, Landscapes.seeds(), racing(settings), told::add);
            for (int workers : new int[] {1, 7, 64}) {
                var threads = Executors.newFixedThreadPool(workers);
                try {
                    var heard = new ArrayList<SearchListener.Progress>();
                    var samples = new SlowLosses(threads, workers);
                    var found = Landscapes.search(name, Landscapes.space(), settings, Landscapes.seeds(),
                            new Rungs(Rungs.USUAL, settings.ladder(), samples), heard::add);
                    assertThat(found).as(workers + " workers").isEqualTo(expected);
                    assertThat(heard).isEqualTo(told);
                } finally {
                    threads.shutdownNow();
                }
            }
        }
    }

    /** Trial k may know the losses up to k − N − 1 only: changing that of a later one leaves it as it was. */
    @ParameterizedTest
    @MethodSource("algorithms")
    void aTrialDependsOnNoLossWithinTheLag(String name) {
        for (var settings : List.of(SETTINGS, SCREENED)) {
            var plain = asked(name, settings, -1);
            for (int changed : new int[] {20, 33}) {
                var other = asked(name, settings, changed);
                assertThat(other.subList(0, changed + 1 + AHEAD)).isEqualTo(plain.subList(0, changed + 1 + AHEAD));
            }
        }
    }

    @Test
    void laterTrialsDependOnTheLossesBeforeTheLag() {
        assertThat(asked("adaptive", SETTINGS, 20)).isNotEqualTo(asked("adaptive", SETTINGS, -1));
    }

    /** Trials are asked for as long as the oldest untold one is not more than N behind. */
    @ParameterizedTest
    @MethodSource("algorithms")
    void soManyAreOpenAsTheLagAllows(String name) {
        var optimizer = SearchAlgorithms.named(name).start(Landscapes.space(), SETTINGS, Landscapes.seeds());
        var open = all(optimizer);
        assertThat(open.size()).isBetween(AHEAD + 1, AHEAD + 4);
        for (var later : open.subList(1, open.size())) {
            optimizer.tell(later, racing().measure(later).join());
            assertThat(optimizer.ask(Integer.MAX_VALUE)).as("the oldest is not told").isEmpty();
        }
        optimizer.tell(open.get(0), racing().measure(open.get(0)).join());
        assertThat(all(optimizer).size()).isBetween(AHEAD + 1, AHEAD + 4);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void killedAndRunAgainOverItsMeasurementsItEndsAsIfUndisturbed(String name) throws InterruptedException {
        for (var settings : List.of(SETTINGS, SCREENED)) {
            theDeadContinues(name, settings);
        }
    }

    private static void theDeadContinues(String name, SearchSettings settings) throws InterruptedException {
        var undisturbed = search(name, settings, racing(settings));
        var known = new HashMap<Trial, Measurement>();
        for (int death : new int[] {9, 30, 55}) {
            Scorer dying = trial -> {
                if (!known.containsKey(trial) && known.size() == death) {
                    return CompletableFuture.failedFuture(new IllegalStateException("the driver died"));
                }
                return CompletableFuture.completedFuture(known.computeIfAbsent(trial, one -> racing(settings).measure(one).join()));
            };
            assertThatThrownBy(() -> search(name, settings, dying)).hasMessage("the driver died");
        }
        Scorer journalled = trial ->
                CompletableFuture.completedFuture(known.computeIfAbsent(trial, one -> racing(settings).measure(one).join()));

        assertThat(search(name, settings, journalled)).isEqualTo(undisturbed);
        assertThat(known).as("nothing was measured that the search does not ask for").hasSize(undisturbed.scored().size());
    }

    /** What is open counts as the costliest so far until it is told: the budget holds however much is open. */
    @ParameterizedTest
    @ValueSource(ints = {100, 250, 799, 3_050})
    void theTokenBudgetHolds(int budget) throws InterruptedException {
        for (var name : algorithms().toList()) {
            var settings = SETTINGS.toBuilder().racing(false).maxTokens(budget).build();
            var result = search(name, settings, new Landscapes.Recorder(Landscapes::bowl));

            assertThat(result.end()).isEqualTo(SearchResult.End.TOKENS);
            assertThat(result.evaluations()).isEqualTo(budget / 100);
        }
    }

    @ParameterizedTest
    @MethodSource("others")
    void generationalSearchesRefuseIt(String name) {
        var settings = SETTINGS.toBuilder().racing(false).build();
        assertThatThrownBy(() -> SearchAlgorithms.named(name).check(settings)).isInstanceOf(BadInput.class)
                .hasMessageContaining("search.ask-ahead must be 0 for algorithm " + name + ", which breeds a generation from all scores of"
                + " the one before, but was " + AHEAD);
    }

    /** The candidates asked for, in order, where the loss of one trial is another. */
    private static List<Object> asked(String name, SearchSettings settings, int changed) {
        var optimizer = SearchAlgorithms.named(name).start(Landscapes.space(), settings, Landscapes.seeds());
        var candidates = new ArrayList<Object>();
        var open = new ArrayList<>(all(optimizer));
        while (!open.isEmpty()) {
            var trial = open.remove(0);
            candidates.add(List.of(trial.candidate(), trial.race()));
            var measured = racing(settings).measure(trial).join();
            optimizer.tell(trial, trial.number() == changed ? new Measurement(List.of(0.0), true,
                    measured.sampleLosses().stream().map(loss -> 0.0).toList(), measured.tokens()) : measured);
            open.addAll(all(optimizer));
        }
        return candidates;
    }

    private static List<Trial> all(Optimizer optimizer) {
        var trials = new ArrayList<Trial>();
        for (var more = optimizer.ask(Integer.MAX_VALUE); !more.isEmpty(); more = optimizer.ask(Integer.MAX_VALUE)) {
            trials.addAll(more);
        }
        return trials;
    }

    private static Scorer racing() {
        return racing(SETTINGS);
    }

    private static Scorer racing(SearchSettings settings) {
        return new Rungs(Rungs.USUAL, settings.ladder(), new RacingLosses());
    }

    private static SearchResult search(String name, SearchSettings settings, Scorer scorer) throws InterruptedException {
        return Landscapes.search(name, Landscapes.space(), settings, Landscapes.seeds(), scorer);
    }

    /** Answers after a random while, on one of many threads. */
    private record SlowLosses(Executor threads, Random random) implements SampleLosses {

        SlowLosses(Executor threads, long seed) {
            this(threads, new Random(seed));
        }

        @Override
        public int count() {
            return RacingLosses.SAMPLES;
        }

        @Override
        public CompletableFuture<Part> measure(Trial trial, int from, int to) {
            int micros = random.nextInt(1_500);
            return CompletableFuture.supplyAsync(() -> {
                try {
                    TimeUnit.MICROSECONDS.sleep(micros);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return RacingLosses.part(trial, from, to);
            }, threads);
        }
    }
}
