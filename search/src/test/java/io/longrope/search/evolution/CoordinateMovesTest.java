package io.longrope.search.evolution;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The operator against its intended distribution, at a fixed seed. */
class CoordinateMovesTest {

    private static final int DRAWS = 20_000;
    private static final int PAIRS = Landscapes.GEOMETRY.pairs();

    /** Continuous, unordered and wide, so that a move ends where it was aimed. */
    private final SearchSpace space = SearchSpace.of(Landscapes.GEOMETRY, 8).range(1e-6, 1e6).step(0).monotone(false).build();
    private final LogCoordinates coordinates = new LogCoordinates(space);
    private final CoordinateMoves moves = new CoordinateMoves(space, coordinates, RandomGeneratorFactory.of("L64X128MixRandom").create(5));
    private final Point from = space.nearest(new Candidate(RescaleFactors.of(filled(4)), 16, 1));

    @Test
    void oneOrTwoCoordinatesMoveAllAlikeOften() {
        var moved = new int[PAIRS];
        int single = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            int count = 0;
            var to = moves.from(from);
            for (int i = 0; i < PAIRS; i++) {
                boolean differs = Math.abs(to.get(i) - 4) > 1e-9;
                moved[i] += differs ? 1 : 0;
                count += differs ? 1 : 0;
            }
            assertThat(count).isBetween(1, 2);
            single += count == 1 ? 1 : 0;
        }

        // half of the moves take one coordinate, and of the others 1 in 16 takes the same one twice; 5 standard errors
        assertThat(single / (double) DRAWS).isCloseTo(0.5 + 0.5 / PAIRS, within(0.018));
        double each = (2 - (0.5 + 0.5 / PAIRS)) / PAIRS;
        assertThat(Arrays.stream(moved).mapToDouble(count -> count / (double) DRAWS)).allSatisfy(share -> assertThat(share).isCloseTo(each, within(0.011)));
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
