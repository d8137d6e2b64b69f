package io.longrope.evaluator.metric;

import io.longrope.search.problem.BadInput;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CropTest {

    private static final int BOS = 1000;
    private static final OptionalInt START = OptionalInt.of(BOS);
    private final List<int[]> passes = new ArrayList<>();

    /** The loss of a token is 1000 times its id, plus how many tokens it was given before it. */
    private final Subject model = new Subject() {
        @Override
        public float[] of(int[] tokens) {
            passes.add(tokens);
            var losses = new float[tokens.length - 1];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = 1000 * tokens[i + 1] + i + 1;
            }
            return losses;
        }

        @Override
        public int[] generate(int[] prompt, int count) {
            return prompt;
        }
    };

    @Test
    void windowsMoveByTheStepAndBeginWithTheStartToken() {
        var losses = new Crop(8, 2, START).losses(model, text(BOS, 11));

        assertThat(passes).containsExactly(new int[] {BOS, 1, 2, 3, 4, 5, 6, 7}, new int[] {BOS, 3, 4, 5, 6, 7, 8, 9},
                new int[] {BOS, 5, 6, 7, 8, 9, 10, 11});
        assertThat(losses).containsExactly(1001, 2002, 3003, 4004, 5005, 6006, 7007, 8006, 9007, 10006, 11007);
    }

    @Test
    void withoutAStartTokenAWindowIsTextAlone() {
        var losses = new Crop(4, 1, OptionalInt.empty()).losses(model, text(0, 5));

        assertThat(passes).containsExactly(new int[] {0, 1, 2, 3}, new int[] {1, 2, 3, 4}, new int[] {2, 3, 4, 5});
        assertThat(losses).containsExactly(1001, 2002, 3003, 4003, 5003);
    }

    @Property
    void everyTokenHasItsLossAndAsMuchTextBeforeItAsTheWindowAllows(@ForAll @IntRange(min = 2, max = 20) int window,
                                                                    @ForAll @IntRange(min = 1, max = 19) int move,
                                                                    @ForAll @IntRange(min = 1, max = 60) int length,
                                                                    @ForAll boolean starts) {
        passes.clear();
        int step = Math.min(move, window - 1);

        var losses = new Crop(window, step, starts ? START : OptionalInt.empty()).losses(model, text(starts ? BOS : 0, length));

        assertThat(passes).allMatch(pass -> pass.length <= window);
        assertThat(new Crop(window, step, START).read(length + 1)).isEqualTo(passes.stream().mapToLong(pass -> pass.length).sum());
        for (int position = 1; position <= length; position++) {
            int before = (int) (losses[position - 1] % 1000);
            assertThat((int) (losses[position - 1] / 1000)).isEqualTo(position);
            assertThat(before).isBetween(Math.min(position, window - step), Math.min(position, window - 1));
        }
    }

    /** So that a longer sample only adds losses. */
    @Property
    void whatComesLaterChangesNothing(@ForAll @IntRange(min = 2, max = 40) int length) {
        var crop = new Crop(8, 2, START);

        assertThat(crop.losses(model, text(BOS, length))).startsWith(crop.losses(model, text(BOS, length - 1)));
    }

    @Test
    void generatesFromTheLastTokens() {
        var crop = new Crop(8, 2, START);

        assertThat(crop.of(model).generate(text(BOS, 20), 3)).containsExactly(BOS, 17, 18, 19, 20);
        assertThat(crop.of(model).generate(text(BOS, 4), 3)).containsExactly(BOS, 1, 2, 3, 4);
        assertThat(new Crop(8, 2, OptionalInt.empty()).of(model).generate(text(0, 20), 3)).containsExactly(16, 17, 18, 19, 20);
    }

    @Test
    void isNamedAmongTheMethods() {
        assertThat(Crop.named("crop", 256, START)).isEqualTo(new Crop(256, 64, START)).isEqualTo(Crop.of(256, START));
        assertThat(Crop.named("crop:window=128,step=8", 256, START)).isEqualTo(new Crop(128, 8, START));
        assertThat(Crop.named("crop:step=16", 256, START).protocol())
                .startsWith("crop: windows of 256 tokens that move by 16, of which beyond the first window the last 16 count, start "
                + "token at the beginning of each");
        assertThatThrownBy(() -> Crop.named("crop:step=256", 256, START)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be less than the window, 256");
        assertThatThrownBy(() -> Crop.named("crop:size=3", 256, START)).isInstanceOf(BadInput.class)
                .hasMessageContaining("known parameters");
    }

    /** first, 1, 2, …, last */
    private static int[] text(int first, int last) {
        return IntStream.concat(IntStream.of(first), IntStream.rangeClosed(1, last)).toArray();
    }
}
