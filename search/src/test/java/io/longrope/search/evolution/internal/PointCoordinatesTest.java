package io.longrope.search.evolution.internal;

import io.longrope.search.evolution.Landscapes;
import io.longrope.search.space.AttentionRange;
import io.longrope.search.space.SearchSpace;
import org.junit.jupiter.api.Test;

import java.util.random.RandomGeneratorFactory;

import static org.assertj.core.api.Assertions.assertThat;

class PointCoordinatesTest {

    @Test
    void coordinatesBecomeThePointTheyAreOf() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).attentionFactor(new AttentionRange(1, 1.4, 0.01)).build();
        var coordinates = new PointCoordinates(space);
        for (int draw = 0; draw < 200; draw++) {
            var point = space.uniform(random);
            assertThat(coordinates.point(coordinates.of(point))).isEqualTo(point);
        }
    }

    @Test
    void everyPointLiesBetweenTheCorners() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(2);
        var space = SearchSpace.of(Landscapes.GEOMETRY, 8).monotone(false).groups(6).stoppable(2)
                .attentionFactor(new AttentionRange(1, 1.4, 0.01)).build();
        var coordinates = new PointCoordinates(space);
        var lowest = coordinates.lowest();
        var highest = coordinates.highest();
        for (int draw = 0; draw < 200; draw++) {
            var place = coordinates.of(space.uniform(random));
            for (int i = 0; i < place.length; i++) {
                assertThat(place[i]).isBetween(lowest[i] - 1e-9, highest[i] + 1e-9);
            }
        }
    }
}
