package io.longrope.evaluator.metric;

import io.longrope.evaluator.metric.LossByPosition.Bin;
import io.longrope.search.problem.BadInput;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class GainTest {

    @Test
    void isWhatTheMethodLosesLessThanCropBeyondTheWindow() {
        var crop = List.of(new float[] {9, 9, 3, 5}, new float[] {9, 9, 2, 2});
        var method = List.of(new float[] {1, 1, 2, 4}, new float[] {1, 1, 2, 1});

        var gain = Gain.of(crop, method, 3);

        assertThat(gain.value()).isEqualTo(0.75);
        // the samples' gains are 1 and 0.5: variance 0.125, of a mean of two 0.0625
        assertThat(gain.standardError().getAsDouble()).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void ofLossesByPositionItIsTheSame() {
        var crop = List.of(new float[] {9, 9, 3, 5, 2, 4, 1}, new float[] {9, 9, 2, 2, 2, 7, 1});
        var method = List.of(new float[] {1, 1, 2, 4, 1, 1, 1}, new float[] {1, 1, 2, 1, 3, 3, 3});
        var bins = LossByPosition.binsTo(List.of(2, 3, 5, 8));

        assertThat(bins).containsExactly(new Bin(1, 2), new Bin(2, 3), new Bin(3, 5), new Bin(5, 8));
        assertThat(LossByPosition.means(method.get(0), bins)).containsExactly(1.0, 1.0, 3.0, 1.0);
        var whole = Gain.of(crop, method, 3);
        var binned = Gain.ofBins(crop.stream().map(sample -> LossByPosition.means(sample, bins)).toList(),
                method.stream().map(sample -> LossByPosition.means(sample, bins)).toList(), bins, 3);
        assertThat(binned.value()).isCloseTo(whole.value(), within(1e-12)).isNotZero();
        assertThat(binned.standardError().getAsDouble()).isCloseTo(whole.standardError().getAsDouble(), within(1e-12));
        assertThatThrownBy(() -> Gain.ofBins(List.of(List.of(1.0)), List.of(List.of(1.0)), List.of(new Bin(1, 3)), 3))
                .isInstanceOf(BadInput.class).hasMessageContaining("bins must reach beyond the model's window, 3 tokens");
    }

    @Test
    void oneSampleHasNoStandardError() {
        assertThat(Gain.of(List.of(new float[] {2}), List.of(new float[] {1}), 1)).isEqualTo(Estimate.of(1));
    }

    @Test
    void aLossThatIsNoNumberShows() {
        var gain = Gain.of(List.of(new float[] {2}, new float[] {2}), List.of(new float[] {Float.NaN}, new float[] {1}), 1);

        assertThat(gain.value()).isNaN();
        assertThat(gain.standardError()).isEmpty();
    }

    @Test
    void refusesSamplesThatReachNoFurtherThanTheWindow() {
        assertThatThrownBy(() -> Gain.of(List.of(new float[7]), List.of(new float[7]), 8)).isInstanceOf(BadInput.class)
                .hasMessage("length must be more than the model's window, 8 tokens, to measure a gain, but was 8");
        assertThatThrownBy(() -> Gain.of(List.of(new float[8]), List.of(new float[9]), 8)).isInstanceOf(BadInput.class);
    }

    @Test
    void binsDoubleTwiceAndTheWindowIsABorder() {
        assertThat(LossByPosition.bins(256, 1000))
                .containsExactly(new Bin(1, 16), new Bin(16, 23), new Bin(23, 32), new Bin(32, 45), new Bin(45, 64),
                new Bin(64, 91), new Bin(91, 128), new Bin(128, 181), new Bin(181, 256), new Bin(256, 362), new Bin(362, 512),
                new Bin(512, 724), new Bin(724, 1000));
    }

    @Property
    void binsCoverEveryPositionOnce(@ForAll @IntRange(min = 1, max = 9000) int window,
            @ForAll @IntRange(min = 2, max = 40_000) int length) {
        var bins = LossByPosition.bins(window, length);

        assertThat(bins.get(0).from()).isEqualTo(1);
        assertThat(bins.get(bins.size() - 1).to()).isEqualTo(length);
        for (int i = 1; i < bins.size(); i++) {
            assertThat(bins.get(i).from()).isEqualTo(bins.get(i - 1).to());
        }
        assertThat(bins).allMatch(bin -> bin.to() > bin.from());
    }

    @Test
    void aBinsLossIsTheMeanOverSamplesOfItsTokens() {
        var losses = List.of(new float[] {100, 1, 2, 100}, new float[] {100, 3, 6, 100});

        var mean = LossByPosition.of(losses, new Bin(2, 4));

        assertThat(mean.value()).isEqualTo(3);
        assertThat(mean.standardError().getAsDouble()).isCloseTo(1.5, within(1e-12));
    }
}
