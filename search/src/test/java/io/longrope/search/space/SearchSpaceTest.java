package io.longrope.search.space;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.ProportionalRope;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SearchSpaceTest {

    private static final int PAIRS = 8;
    private static final RopeGeometry GEOMETRY = new RopeGeometry(2 * PAIRS, 10_000, 256);

    @Property(tries = 300)
    void nearestIsValidWhateverComesIn(@ForAll("spaces") SearchSpace space, @ForAll("anyValues") double[] values,
                                       @ForAll int startTokens, @ForAll("anyFactor") double attention) {
        assertValid(space, space.nearest(values, startTokens, attention));
    }

    @Property(tries = 300)
    void weightsChangeWhichPointIsNearestNotThatItIsValid(@ForAll("spaces") SearchSpace space, @ForAll("anyValues") double[] values,
            @ForAll long seed) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var weights = random.doubles(PAIRS, 1e-3, 1e3).toArray();

        assertValid(space, space.nearest(values, weights, 0, 1));
    }

    @Test
    void whatCountsLittleGivesWay() {
        var space = SearchSpace.of(GEOMETRY, 4).build();

        var point = space.nearest(new double[] {1, 1, 2, 3, 2, 2, 4, 4}, new double[] {1, 1, 1, 1e6, 1, 1, 1, 1}, 0, 1);

        assertThat(point.values()).containsExactly(1, 1, 2, 3, 3, 3, 4, 4);
    }

    @Property(tries = 300)
    void nearestOfAValidPointIsThatPoint(@ForAll("spaces") SearchSpace space, @ForAll long seed) {
        var point = space.uniform(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));

        assertValid(space, point);
        assertThat(space.nearest(point.values(), point.startTokens(), point.attentionFactor())).isEqualTo(point);
    }

    @Property(tries = 300)
    void aNeighbourDrawLeavesAValidPoint(@ForAll("spaces") SearchSpace space, @ForAll long seed) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var values = space.uniform(random).values();
        int group = random.nextInt(space.groups().count());
        space.groups().set(values, group, space.drawBetweenNeighbours(values, group, random));

        assertThat(space.nearest(values, 0, 1).values()).isEqualTo(values);
    }

    @Test
    void paperDefaultsOfTable4() {
        var space = SearchSpace.of(GEOMETRY, 4).build();

        assertThat(space.lower(0)).isEqualTo(1);
        assertThat(space.upper(PAIRS - 1)).isEqualTo(5);
        assertThat(space.grid().step()).isEqualTo(0.01);
        assertThat(space.isMonotone()).isTrue();
        assertThat(space.startTokens()).hasSize(14).contains(0, 256);
        assertThat(space.attention().isFixed()).isTrue();
    }

    @Test
    void anImportedTableThatDecreasesIsPooledAndMovedToTheGrid() {
        var space = SearchSpace.of(GEOMETRY, 8).build();
        var imported = new Candidate(RescaleFactors.of(1.003, 1.11, 1.10, 1.09, 1.08, 4, 12, Double.POSITIVE_INFINITY), 3, 1.2);

        var point = space.nearest(imported);

        assertThat(point.values()).containsExactly(1, 1.09, 1.09, 1.09, 1.09, 4, 10, 10);
        assertThat(point.startTokens()).isEqualTo(2);
        assertThat(point.attentionFactor()).isEqualTo(1);
    }

    @Test
    void theSlowestPairsMayStopAndOnlyThey() {
        var space = SearchSpace.of(GEOMETRY, 8).stoppable(3).build();
        assertThat(space.stoppable()).isEqualTo(3);
        double never = Double.POSITIVE_INFINITY;

        assertThat(space.nearest(new double[] {1, 1, 2, 2, never, never, never, never}, 0, 1).values())
                .containsExactly(1, 1, 2, 2, 10, never, never, never);
        // nearer to the largest than to what stands for infinity, twice that
        assertThat(space.nearest(new double[] {1, 1, 2, 2, 3, 4, 14.1, 14.2}, 0, 1).values()).containsExactly(1, 1, 2, 2, 3, 4, 10, never);
        assertThat(space.candidate(space.nearest(Candidate.of(new ProportionalRope(0.7), GEOMETRY, 1))).factors())
                .isEqualTo(RescaleFactors.of(1, 1, 1, 1, 1, never, never, never));
        var decreasing = SearchSpace.of(GEOMETRY, 8).monotone(false).stoppable(3).build();
        var values = new double[] {9, 1, 2, 2, 3, never, 4, 3};
        assertThat(decreasing.nearest(values, 0, 1).values()).isEqualTo(values);
    }

    @Test
    void aUniformDrawStopsAnyNumberOfThePairsThatMay() {
        var space = SearchSpace.of(GEOMETRY, 8).stoppable(3).build();
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var stopped = new int[4];
        for (int i = 0; i < 4000; i++) {
            stopped[(int) Arrays.stream(space.uniform(random).values()).filter(Double::isInfinite).count()]++;
        }
        assertThat(Arrays.stream(stopped)).allSatisfy(count -> assertThat(count).isBetween(900, 1100));
    }

    @Test
    void pairsOfAGroupShareTheMeanOfTheirLogarithmsAndMayDecrease() {
        var space = SearchSpace.of(GEOMETRY, 16).groups(3).monotone(false).build();

        assertThat(space.groups()).isEqualTo(new PairGroups(8, 3));
        assertThat(space.nearest(new double[] {4, 9, 8, 8, 8, 1, 2, 4}, 0, 1).values()).containsExactly(6, 6, 8, 8, 8, 2, 2, 2);
        assertThat(space.nearest(new double[] {4, 9, 8, 8, 8, 1, 2, 4}, new double[] {1, 1e9, 1, 1, 1, 1, 1, 1e9}, 0, 1).values())
                .containsExactly(9, 9, 8, 8, 8, 4, 4, 4);
        assertThat(SearchSpace.of(GEOMETRY, 16).groups(3).stoppable(4).build().stoppable()).isEqualTo(1);
        assertThatThrownBy(() -> SearchSpace.of(GEOMETRY, 8).groups(9)).isInstanceOf(BadInput.class)
                .hasMessageContaining("space.groups must be at most the model's pairs, 8, but was 9");
        assertThatThrownBy(() -> SearchSpace.of(GEOMETRY, 8).stoppable(9)).isInstanceOf(BadInput.class)
                .hasMessageContaining("space.may-stop must be at most the model's pairs, 8, but was 9");
    }

    @Test
    void multipliersAreOnTheGridAndFactorsAreProducts() {
        var base = RescaleFactors.of(1.1, 1.3, 1.7, 2.3, 3.1, 5.9, 7.7, 8);
        var space = SearchSpace.of(GEOMETRY, 4).base(base).build();
        var point = space.nearest(new double[] {1, 1, 1.5, 2, 2.5, 3, 3.5, 4}, 0, 1);

        assertThat(space.candidate(point).factors().get(2)).isEqualTo(1.7 * 1.5);
        assertThat(space.nearest(space.candidate(point))).isEqualTo(point);
    }

    @Test
    void aTableWithOneRowRepeatedForAllLayersIsAccepted() {
        var space = SearchSpace.of(GEOMETRY, 8).build();
        var row = new double[] {1, 1, 1, 2, 3, 4, 5, 6};

        assertThat(space.nearest(new Candidate(RescaleFactors.perLayer(new double[][] {row, row}), 0, 1)).values()).isEqualTo(row);
        assertThatThrownBy(() ->
                space.nearest(new Candidate(RescaleFactors.perLayer(new double[][] {row, {1, 1, 1, 1, 1, 1, 1, 1}}), 0, 1)))
                .isInstanceOf(BadInput.class).hasMessageContaining("must be the same for all layers");
    }

    @Test
    void boundsThatContradictMonotonicityAreBadInput() {
        assertThatThrownBy(() -> SearchSpace.of(GEOMETRY, 8).bounds(2, 5, 6).bounds(4, 1, 3).build())
                .isInstanceOf(BadInput.class).hasMessageContaining("space.bounds[2]").hasMessageContaining("widen the range");
    }

    @Test
    void aSearchedAttentionFactorStaysInItsRange() {
        var space = SearchSpace.of(GEOMETRY, 8).attentionFactor(new AttentionRange(0.995, 1.3, 0.02)).build();

        assertThat(space.nearest(new double[PAIRS], 0, 1.234).attentionFactor()).isEqualTo(1.24);
        assertThat(space.nearest(new double[PAIRS], 0, 0.1).attentionFactor()).isEqualTo(1);
    }

    private static void assertValid(SearchSpace space, Point point) {
        var groups = space.groups();
        for (int group = 0; group < groups.count(); group++) {
            double value = point.get(groups.first(group));
            assertThat(Arrays.stream(point.values(), groups.first(group), groups.first(group + 1))).containsOnly(value);
            if (Double.isInfinite(value)) {
                assertThat(group).isGreaterThanOrEqualTo(groups.count() - space.stoppable());
            } else {
                assertThat(value).isBetween(space.lower(group), space.upper(group));
                assertThat(space.grid().nearest(value)).isEqualTo(value);
            }
            if (space.isMonotone() && group > 0) {
                assertThat(value).isGreaterThanOrEqualTo(point.get(groups.first(group) - 1));
            }
        }
        assertThat(space.startTokens()).contains(point.startTokens());
        assertThat(point.attentionFactor()).isBetween(space.attention().lower(), space.attention().upper());
    }

    @Provide
    Arbitrary<SearchSpace> spaces() {
        var ratio = Arbitraries.doubles().between(1, 600);
        var step = Arbitraries.of(0.0, 0.01, 0.5, 0.003);
        var attention = Arbitraries.of(AttentionRange.fixed(1.19), new AttentionRange(1, 1.5, 0.01), new AttentionRange(0.9, 1.1, 0));
        return Combinators.combine(ratio, step, Arbitraries.of(true, false), attention, Arbitraries.of(8, 8, 5, 4, 1),
                Arbitraries.of(0, 0, 1, 4, 8)).as((s, grid, monotone, factor, groups, stoppable) ->
                SearchSpace.of(GEOMETRY, s).step(grid).monotone(monotone).groups(groups).stoppable(stoppable).attentionFactor(factor)
                        .startTokens(List.of(0, 4, 16)).bounds(3, 1, 1 + s / 4).build());
    }

    @Provide
    Arbitrary<double[]> anyValues() {
        return Arbitraries.oneOf(Arbitraries.doubles().between(-10, 1000), Arbitraries.of(Double.POSITIVE_INFINITY, 0.0))
                .array(double[].class).ofSize(PAIRS);
    }

    @Provide
    Arbitrary<Double> anyFactor() {
        return Arbitraries.doubles().between(0.01, 10);
    }
}
