package io.longrope.evaluator.metric;

import io.longrope.search.problem.BadInput;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class SlidingWindowTest {

    private static final int BOS = 1000;
    private final List<int[]> passes = new ArrayList<>();

    /** The loss of a token is its id. */
    private final TokenLosses echo = tokens -> {
        passes.add(tokens);
        var losses = new float[tokens.length - 1];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = tokens[i + 1];
        }
        return losses;
    };

    @Test
    void movesByTheStrideAndPutsTheStartTokenBeforeEveryWindow() {
        double loss = new SlidingWindow(5, 3).meanLoss(echo, OptionalInt.of(BOS), IntStream.range(0, 8).toArray());

        assertThat(passes).containsExactly(new int[] {BOS, 0, 1, 2, 3}, new int[] {BOS, 3, 4, 5, 6}, new int[] {BOS, 6, 7});
        assertThat(loss).isEqualTo(3.5);
    }

    @Test
    void withoutAStartTokenTheFirstTokenIsNotScored() {
        double loss = new SlidingWindow(4, 2).meanLoss(echo, OptionalInt.empty(), new int[] {7, 1, 2, 3, 4, 5});

        assertThat(passes).containsExactly(new int[] {7, 1, 2, 3}, new int[] {2, 3, 4, 5});
        assertThat(loss).isEqualTo(3);
    }

    @Property
    void scoresEveryTokenOnce(@ForAll @IntRange(min = 2, max = 20) int window, @ForAll @IntRange(min = 1, max = 19) int step,
                              @ForAll @IntRange(min = 2, max = 60) int length) {
        passes.clear();
        int stride = Math.min(step, window - 1);

        double loss = new SlidingWindow(window, stride).meanLoss(echo, OptionalInt.of(BOS), IntStream.range(0, length).toArray());

        assertThat(loss).isCloseTo((length - 1) / 2.0, within(1e-9));
        assertThat(passes).allMatch(pass -> pass.length <= window);
    }

    @Test
    void refusesAStrideThatLeavesTokensOut() {
        assertThatThrownBy(() -> new SlidingWindow(4, 4)).isInstanceOf(BadInput.class)
                .hasMessage("stride must be less than window = 4, but was 4");
        assertThat(new SlidingWindow(4096, 256).protocol()).isEqualTo("sliding window 4096, stride 256, mean over tokens");
    }
}
