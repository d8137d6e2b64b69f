package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Landscapes;
import io.longrope.search.evolution.internal.LogCoordinates;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The operator against its intended distribution, at a fixed seed. */
class CoordinateMovesTest {

    private static final int DRAWS = 20_000;
    private static final int PAIRS = Landscapes.GEOMETRY.pairs();

    /** Continuous, unordered and wide, so that a move ends where it was aimed. */
    private final SearchSpace space = SearchSpace.of(Landscapes.GEOMETRY, 8).range(1e-60, 1e60).step(0).monotone(false).build();
    private final LogCoordinates coordinates = new LogCoordinates(space);
    private final CoordinateMoves moves = new CoordinateMoves(space, coordinates, RandomGeneratorFactory.of("L64X128MixRandom").create(5));
    private final Point from = space.nearest(new Candidate(RescaleFactors.of(filled(4)), 16, 1));

    @Test
    void coordinatesMoveAsOftenAsTheyMatterAndStretchesAlike() {
        var ends = new int[PAIRS];
        int single = 0;
        int stretches = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            var before = coordinates.of(from);
            var after = coordinates.of(moves.from(from));
            var moved = IntStream.range(0, PAIRS).filter(i -> Math.abs(after[i] - before[i]) > 1e-9).toArray();
            single += moved.length == 1 ? 1 : 0;
            stretches += moved.length > 2 ? 1 : 0;
            assertThat(moved).isNotEmpty();
            for (int i : moved) {
                ends[i] += moved.length == 1 ? 1 : 0;
                assertThat(moved.length <= 2 || Math.abs(after[i] - before[i] - after[moved[0]] + before[moved[0]]) < 1e-9).isTrue();
                assertThat(moved.length <= 2 || moved[moved.length - 1] - moved[0] == moved.length - 1).isTrue();
            }
        }

        double all = IntStream.range(0, PAIRS).mapToDouble(coordinates::importance).sum();
        var chances = IntStream.range(0, PAIRS).mapToDouble(i -> coordinates.importance(i) / all).toArray();
        double twice = Arrays.stream(chances).map(chance -> chance * chance).sum();
        double apart = IntStream.range(0, PAIRS).boxed().flatMapToDouble(i -> IntStream.range(0, PAIRS).filter(j -> Math.abs(i - j) > 1)
                .mapToDouble(j -> chances[i] * chances[j])).sum();
        double stretched = CoordinateMoves.STRETCHES;
        // a stretch may end where it begins, and of two coordinates both may be the same; 5 standard errors
        assertThat(single / (double) DRAWS).isCloseTo(stretched * twice + (1 - stretched) * (0.5 + 0.5 * twice), within(0.018));
        assertThat(stretches / (double) DRAWS).isCloseTo(stretched * apart, within(0.018));
        for (int i = 0; i < PAIRS; i++) {
            double expected = stretched * chances[i] * chances[i] + (1 - stretched) * (0.5 * chances[i] + 0.5 * chances[i] * chances[i]);
            assertThat(ends[i] / (double) DRAWS).as("pair %d", i).isCloseTo(expected, within(0.011));
        }
        assertThat(chances[PAIRS - 1]).isLessThan(chances[0] / 5);
    }

    @Test
    void lengthsAreLogNormalTimesNormalInStepsOfTheCoordinates() {
        var lengths = new double[DRAWS];
        int count = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            var steps = coordinates.of(moves.from(from));
            var before = coordinates.of(from);
            var differences = new double[PAIRS];
            Arrays.setAll(differences, i -> Math.abs(steps[i] - before[i]));
            var differing = Arrays.stream(differences).filter(difference -> difference > 1e-9).toArray();
            if (differing.length == 1) {
                lengths[count++] = Math.log(differing[0]);
            }
        }

        // E ln|normal| = -(γ + ln 2) / 2 = -0.635, its variance π² / 8; the few that moved twice add a little
        double mean = Arrays.stream(lengths, 0, count).average().orElseThrow();
        double variance = Arrays.stream(lengths, 0, count).map(length -> (length - mean) * (length - mean)).average().orElseThrow();
        assertThat(mean).isCloseTo(Math.log(CoordinateMoves.STEP) - 0.635, within(0.09));
        assertThat(variance).isCloseTo(CoordinateMoves.STEP_SPREAD * CoordinateMoves.STEP_SPREAD + Math.PI * Math.PI / 8, within(0.15));
    }

    @Test
    void startTokensSeldomChange() {
        int changed = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            changed += moves.from(from).startTokens() == 16 ? 0 : 1;
        }

        assertThat(changed / (double) DRAWS).isCloseTo(CoordinateMoves.NEW_START_TOKENS * 13 / 14, within(0.008));
    }

    private static double[] filled(double value) {
        var factors = new double[PAIRS];
        Arrays.fill(factors, value);
        return factors;
    }
}
