package io.longrope.evaluator.decoder;

import io.longrope.search.problem.BadInput;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LayerRangeTest {

    @Property
    void layersThatAreReadAreSpreadEvenly(@ForAll @IntRange(max = 50) int from, @ForAll @IntRange(min = 1, max = 130) int count,
            @ForAll @IntRange(max = 130) int asked) {
        int streamed = Math.min(asked, count);
        var range = new LayerRange(from, count, streamed);
        var read = IntStream.range(range.from(), range.to()).filter(range::isStreamed).toArray();

        assertThat(read).hasSize(streamed);
        for (int i = 0; i < read.length; i++) {
            assertThat(range.streamedBefore(read[i])).isEqualTo(i);
        }
        for (int i = 1; i < read.length; i++) {
            assertThat(read[i] - read[i - 1]).isBetween(count / streamed, count / streamed + 1);
        }
    }

    @Test
    void aPlacementHasEveryLayerOnce() {
        var first = new Placement.Share(Device.CPU, new LayerRange(0, 3, 0));
        var second = new Placement.Share(Device.FIRST_GPU, new LayerRange(3, 5, 4));
        var placement = new Placement(List.of(first, second));

        assertThat(placement.layers()).isEqualTo(8);
        assertThat(placement.describe()).isEqualTo("4 of 8 layers are read from their files for each pass; layers 0 to 2 are on cpu, layers"
                + " 3 to 7 are on gpu:0");
        assertThat(Placement.whole(Device.CPU, 8).describe()).isEmpty();
        assertThatThrownBy(() -> new Placement(List.of(second, first))).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> new Placement(List.of(first, first))).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> new LayerRange(0, 3, 4)).isInstanceOf(BadInput.class)
                .hasMessage("streamed layers must be between 0 and 3, but was 4");
    }
}
