package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.adaptive.Importance.Effect;
import io.longrope.search.evolution.adaptive.Importance.Point;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

class ImportanceTest {

    private static final int PAIRS = 16;
    private static final int VALLEY = 3;
    private static final int SLOPE = 7;
    private static final int SHARP = 11;

    /** Three pairs matter, each in its own way. */
    private static double effect(int pair, double log) {
        return switch (pair) {
            case VALLEY -> 0.5 * (log - 0.6) * (log - 0.6);
            case SLOPE -> -0.2 * log;
            case SHARP -> 0.2 * Math.abs(log - 0.8);
            default -> 0;
        };
    }

    private static double loss(Candidate candidate) {
        return 2 + IntStream.range(0, PAIRS).mapToDouble(pair -> effect(pair, Math.log(candidate.factors().get(pair)))).sum();
    }

    /** Of independent factors, and of curves that rise as a search's do, whose neighbours vary together. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatMattersComesFirstAndTheErrorsCoverTheTruth(boolean rising) {
        int covered = 0;
        int all = 0;
        for (int seed = 1; seed <= 8; seed++) {
            var points = points(67, seed, rising ? ImportanceTest::curve : ImportanceTest::independent);
            var importance = Importance.of(points).orElseThrow();

            assertThat(importance.candidates()).isEqualTo(67);
            assertThat(importance.effects()).extracting(Effect::pair).containsExactlyElementsOf(IntStream.range(0, PAIRS).boxed().toList());
            var first = greatestFirst(importance).subList(0, 3);
            assertThat(first).as("seed " + seed).extracting(Effect::pair).containsExactlyInAnyOrder(VALLEY, SLOPE, SHARP);
            assertThat(first).allMatch(Effect::isTold);
            for (var effect : importance.effects()) {
                double off = Math.abs(effect.spread() - spread(points, effect.pair())) / effect.error();
                assertThat(off).as("standard errors, pair " + effect.pair() + " of seed " + seed).isLessThan(3);
                covered += off < 2 ? 1 : 0;
                all++;
            }
        }
        assertThat(covered).as("within two standard errors").isGreaterThan(95 * all / 100);
    }

    @Test
    void moreCandidatesMakeSurer() {
        var few = Importance.of(points(30, 1, ImportanceTest::curve)).orElseThrow();
        var many = Importance.of(points(110, 1, ImportanceTest::curve)).orElseThrow();

        assertThat(many.effects().get(SLOPE).error()).isLessThan(few.effects().get(SLOPE).error() / 2);
    }

    @Test
    void nothingIsSaidOfFewCandidatesOrOfPairsThatDidNotVary() {
        var points = points(Importance.FEWEST, 1, ImportanceTest::independent);
        assertThat(Importance.of(points)).isPresent();
        assertThat(Importance.of(points.subList(1, points.size()))).isEmpty();
        assertThat(Importance.of(points.stream().map(point -> new Point(Candidate.original(PAIRS), point.loss())).toList())).isEmpty();

        var fixed = points.stream().map(point -> {
            var factors = point.candidate().factors().layer(0);
            factors[0] = 1;
            return new Point(point.candidate().withFactors(RescaleFactors.of(factors)), point.loss());
        }).toList();
        assertThat(Importance.of(fixed).orElseThrow().effects()).extracting(Effect::pair).startsWith(1).hasSize(PAIRS - 1);
    }

    @Test
    void explosionsHideNothing() {
        var points = points(67, 1, ImportanceTest::independent);
        var calm = Importance.of(points).orElseThrow();
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(9);
        points.add(new Point(candidate(independent(random)), Double.POSITIVE_INFINITY));
        assertThat(Importance.of(points)).as("a candidate that diverged is left out").contains(calm);

        points.add(new Point(candidate(independent(random)), 900));
        assertThat(greatestFirst(Importance.of(points).orElseThrow()).subList(0, 2)).extracting(Effect::pair)
                .containsExactlyInAnyOrder(VALLEY, SLOPE);
    }

    /** n̂ is none of the pairs, but it is no pair's merit either. */
    @Test
    void whatStartTokensDoIsNotTakenForAFactor() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(9);
        var points = points(67, 1, ImportanceTest::independent).stream().map(point -> {
            int startTokens = random.nextBoolean() ? 16 : 0;
            return new Point(point.candidate().withStartTokens(startTokens), point.loss() + 0.02 * startTokens);
        }).toList();
        assertThat(greatestFirst(Importance.of(points).orElseThrow()).subList(0, 2)).extracting(Effect::pair)
                .containsExactlyInAnyOrder(VALLEY, SLOPE);
    }

    private static List<Effect> greatestFirst(Importance importance) {
        return importance.effects().stream().sorted(Comparator.comparingDouble(Effect::spread).reversed()).toList();
    }

    private static double spread(List<Point> points, int pair) {
        var losses = points.stream().mapToDouble(point -> effect(pair, Math.log(point.candidate().factors().get(pair)))).toArray();
        double mean = DoubleStream.of(losses).average().orElseThrow();
        return Math.sqrt(DoubleStream.of(losses).map(one -> (one - mean) * (one - mean)).average().orElseThrow());
    }

    private static List<Point> points(int count, int seed, Function<RandomGenerator, double[]> logs) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var points = new ArrayList<Point>();
        for (int i = 0; i < count; i++) {
            var candidate = candidate(logs.apply(random));
            points.add(new Point(candidate, loss(candidate)));
        }
        return points;
    }

    private static Candidate candidate(double[] logs) {
        return new Candidate(RescaleFactors.of(Arrays.stream(logs).map(Math::exp).toArray()), 0, 1);
    }

    private static double[] independent(RandomGenerator random) {
        return random.doubles(PAIRS, 0, 1.4).toArray();
    }

    /** Rising, as a search's curves are. */
    private static double[] curve(RandomGenerator random) {
        return Arrays.stream(independent(random)).sorted().toArray();
    }
}
