package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.evolution.RacingLosses;
import io.longrope.search.evolution.Rungs;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.internal.RampFamily;
import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.Landscapes.Recorder;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class AdaptiveSearchTest {

    /** The reason this algorithm exists: 5 % of the paper's evaluations, and a better table. */
    @ParameterizedTest
    @MethodSource("io.longrope.search.evolution.AnalyticProblem#all")
    void with67EvaluationsItEndsBelowThePapersSearchWith1344(AnalyticProblem problem) throws InterruptedException {
        var paper = Landscapes.search("longrope", problem.space(), SearchSettings.builder().build(), problem.seeds(),
                problem.scorer());
        var adaptive = Landscapes.search("adaptive", problem.space(), SearchSettings.builder().maxEvaluations(67).build(),
                problem.seeds(), problem.scorer());

        assertThat(paper.evaluations()).isEqualTo(1344);
        assertThat(adaptive.best().loss()).isLessThan(paper.best().loss());
    }

    @Test
    void aSearchedAttentionFactorIsFound() throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).attentionFactor(new AttentionRange(1, 1.4, 0.01)).build();
        var recorder = new Recorder(candidate -> Landscapes.bowl(candidate) + 20 * Math.pow(candidate.attentionFactor() - 1.2, 2));
        var result = Landscapes.search("adaptive", space, SearchSettings.builder().maxEvaluations(120).build(), Landscapes.seeds(),
                recorder);

        assertThat(result.best().candidate().attentionFactor()).isCloseTo(1.2, within(0.06));
    }

    @Test
    void withoutSeedsItStartsFromTheFamilies() throws InterruptedException {
        var recorder = new Recorder(Landscapes::bowl);
        var result = Landscapes.search("adaptive", Landscapes.space(), SearchSettings.builder().maxEvaluations(64).build(), List.of(),
                recorder);

        assertThat(recorder.generations.get(0)).hasSize(8);
        assertThat(result.best().loss()).isLessThan(0.3);
    }

    /** Deepened proposals make up for what a search loses that is asked ahead, and for more: it ends lower though it knows less. */
    @Test
    void askedAheadItMakesMoreOfWhatItKnows() throws InterruptedException {
        double usual = 0;
        double ahead = 0;
        for (long seed = 1; seed <= 8; seed++) {
            var settings = SearchSettings.builder().batch(12).maxEvaluations(60).seed(seed);
            usual += loss(settings.build());
            ahead += loss(settings.askAhead(1).build());
        }
        assertThat(ahead).isLessThan(0.9 * usual);
    }

    private static double loss(SearchSettings settings) throws InterruptedException {
        return Landscapes.search("adaptive", Landscapes.space(), settings, Landscapes.seeds(), new Recorder(Landscapes::bowl)).best()
                .loss();
    }

    /** Guides the initial guesses: the family must hold what is known to work. */
    @Test
    void rampsHoldTheKnownMethods() {
        int pairs = Landscapes.GEOMETRY.pairs();
        var ntk = RopeScalings.named("ntk").factors(Landscapes.GEOMETRY, 8 * 256);
        var ramp = new RampFamily(0, pairs - 1, Math.log(8), 0).logs(pairs);
        for (int i = 0; i < pairs; i++) {
            assertThat(Math.exp(ramp[i])).isCloseTo(ntk.get(i), within(1e-9));
        }

        var yarn = RopeScalings.named("yarn").factors(Landscapes.GEOMETRY, 8 * 256);
        // 32 turns within 256 tokens lie at pair 0.4, one turn at 6.4; YaRN takes the whole pairs around them
        var harmonic = new RampFamily(0, 7, Math.log(8), -1).logs(pairs);
        for (int i = 0; i < pairs; i++) {
            assertThat(Math.exp(harmonic[i])).isCloseTo(yarn.get(i), within(1e-9));
        }

        var linear = new RampFamily(-1, -0.5, Math.log(8), -1).logs(pairs);
        assertThat(Math.exp(linear[0])).isCloseTo(8, within(1e-9));
    }

    @Test
    void aShelfLiesBelowItsJumpAndTheTopBeyondIt() {
        var rise = new RampFamily(2, 4, Math.log(2.5), 0);

        var logs = new ShelfFamily(rise, 7.4, Math.log(7)).logs(16);

        assertThat(logs).startsWith(rise.logs(8)).endsWith(Math.log(7), Math.log(7));
        assertThat(Math.exp(logs[7])).isCloseTo(2.5, within(1e-9));
        assertThat(Math.exp(logs[8])).isCloseTo(7, within(1e-9));
    }

    /** What a search begins with: a jump near 0.63 turns within L, and a shelf 2 to 2.8 times below the top, whatever the extension. */
    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16})
    void centralShelvesKeepToTheMiddleOfTheFamily(int ratio) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var space = SearchSpace.of(Landscapes.GEOMETRY, ratio).build();
        double critical = RampFamily.pairTurning(Landscapes.GEOMETRY, Math.pow(2, -0.66));
        double jumps = 0;
        double squares = 0;
        double anySquares = 0;
        int draws = 4_000;
        for (int draw = 0; draw < draws; draw++) {
            var central = ShelfFamily.drawCentral(space, 0.5, random);
            assertThat(Math.exp(central.top())).isBetween(0.85 * ratio, 0.98 * ratio);
            assertThat(Math.exp(central.top() - central.rise().top())).isBetween(2 - 1e-9, 2.8 + 1e-9);
            jumps += central.jump() / draws;
            assertThat(central.rise().from()).isLessThanOrEqualTo(RampFamily.pairTurning(Landscapes.GEOMETRY, 1.16 * ratio));
            squares += Math.pow(central.jump() - critical, 2) / draws;
            anySquares += Math.pow(ShelfFamily.draw(space, random).jump() - critical, 2) / draws;
        }
        assertThat(jumps).isCloseTo(critical, within(0.03));
        assertThat(Math.sqrt(squares / anySquares)).isCloseTo(0.4, within(0.03));
    }

    /** At twice the window hardly anything is between 1 and the top, and a shelf 2 times lower would lie below 1. */
    @Test
    void centralShelvesStayAboveOneHoweverSmallTheExtension() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var space = SearchSpace.of(Landscapes.GEOMETRY, 2).build();
        for (int draw = 0; draw < 1_000; draw++) {
            assertThat(ShelfFamily.drawCentral(space, random.nextDouble(), random).rise().top()).isPositive();
        }
    }

    /** Models differ in where the rise begins, at some 1.2 s turns within L in most, and the first tables must tell. */
    @Test
    void centralShelvesBeginToRiseWhereTheyAreTold() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var space = SearchSpace.of(Landscapes.GEOMETRY, 16).build();
        double latest = RampFamily.pairTurning(Landscapes.GEOMETRY, 16 * 0.3536);
        double earliest = RampFamily.pairTurning(Landscapes.GEOMETRY, 16 * 1.7411);
        assertThat(ShelfFamily.drawCentral(space, 0, random).rise().from()).isCloseTo(latest, within(1e-3));
        assertThat(ShelfFamily.drawCentral(space, 0.5, random).rise().from())
                .isCloseTo(RampFamily.pairTurning(Landscapes.GEOMETRY, 16 * 1.1688), within(1e-3));
        assertThat(ShelfFamily.drawCentral(space, 1, random).rise().from()).isCloseTo(earliest, within(1e-3));
    }

    @Test
    void theFirstTablesAreSpreadOverWhereTheRiseBegins() throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 16).build();
        var recorder = new Recorder(Landscapes::bowl);
        Landscapes.search("adaptive", space, SearchSettings.builder().maxEvaluations(8).build(), List.of(), recorder);

        // the later the rise, the less the highest frequencies are stretched
        var stretched = recorder.candidates().stream().mapToDouble(candidate -> candidate.factors().get(2)).toArray();
        assertThat(stretched[0]).isEqualTo(1);
        assertThat(stretched[7]).isGreaterThan(1.2);
    }

    /** Nothing lies between 1 and a top of 1: what is left are the wider draws. */
    @Test
    void withoutExtensionThereIsStillSomethingToTry() throws InterruptedException {
        var space = SearchSpace.of(Landscapes.GEOMETRY, 1).range(1, 2).build();
        var recorder = new Recorder(Landscapes::bowl);
        Landscapes.search("adaptive", space, SearchSettings.builder().maxEvaluations(24).build(), List.of(), recorder);

        assertThat(recorder.candidates()).hasSize(24).doesNotHaveDuplicates();
    }

    /** With fewer measured in full than there may be finalists, those that racing stopped do not fill up. */
    @Test
    void finalistsAreMeasuredInFullHoweverSmallTheBatch() throws InterruptedException {
        var settings = SearchSettings.builder().batch(3).finalists(50).racing(true).maxEvaluations(60).build();
        var result = Landscapes.search("adaptive", Landscapes.space(), settings, List.of(),
                new Rungs(List.of(1, 2, 3), new RacingLosses()));

        assertThat(result.stopped()).isPositive();
        assertThat(result.finalists()).hasSize(Math.min(50, 60 - result.stopped()));
        assertThat(result.finalists()).allSatisfy(finalist ->
                assertThat(finalist.loss()).isEqualTo(RacingLosses.loss(finalist.candidate())));
    }

    /** A jump so early that no pair comes before it leaves all of them at the top, as PI does. */
    @Test
    void aShelfMayBeEmpty() {
        assertThat(new ShelfFamily(new RampFamily(-3, -2, 0.5, -1), -1.5, Math.log(8)).logs(16)).containsOnly(Math.log(8));
    }

    @Test
    void drawnMembersRiseAndStayBelowTheTop() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).build();
        for (int draw = 0; draw < 3_000; draw++) {
            var factors = new double[16];
            var logs = switch (draw % 3) {
                case 0 -> RampFamily.draw(space, random).logs(16);
                case 1 -> ShelfFamily.draw(space, random).logs(16);
                default -> ShelfFamily.drawCentral(space, random.nextDouble(), random).logs(16);
            };
            for (int i = 0; i < 16; i++) {
                factors[i] = Math.exp(logs[i]);
            }
            assertThat(RescaleFactors.of(factors).isMonotone()).isTrue();
            assertThat(factors[0]).isGreaterThanOrEqualTo(1);
            assertThat(factors[15]).isLessThanOrEqualTo(10 + 1e-9);
        }
    }
}
