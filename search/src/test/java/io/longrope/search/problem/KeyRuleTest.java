package io.longrope.search.problem;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyRuleTest {

    /** With one of everything. */
    private record Sample(
            @Key(value = "A.", atLeast = 1) int trainLength,
            @Key(value = "B.", above = 0, below = 1) double share,
            String notForPeople,
            @Key(value = "C.", name = "others", atMost = 3) List<Integer> list,
            @Key(value = "D.", atLeast = 2) Optional<Integer> maybe) {

        private Sample {
            KeyRule.require(Sample.class, trainLength, share, list, maybe);
        }
    }

    @Test
    void everyValueOutOfRangeIsToldAtOnceByItsKey() {
        assertThatThrownBy(() -> new Sample(0, 1, "x", List.of(2, 4), Optional.of(1))).isInstanceOf(BadInput.class)
                .hasMessage(String.join(System.lineSeparator(),
                "train-length must be at least 1, but was 0",
                "share must be above 0 and below 1, but was 1.0",
                "others must be at most 3, but was [2, 4]",
                "maybe must be at least 2, but was Optional[1]"));
        assertThatThrownBy(() -> new Sample(1, Double.NaN, "x", null, Optional.empty())).isInstanceOf(BadInput.class)
                .hasMessage(String.join(System.lineSeparator(),
                "share must be above 0 and below 1, but was NaN", "others must be given, but was missing"));
        assertThat(new Sample(1, 0.5, null, List.of(), Optional.empty()).trainLength()).isEqualTo(1);
    }

    @Test
    void aConstructorThatForgetsAKeyIsAMistakeOfTheProgram() {
        assertThatThrownBy(() -> KeyRule.require(Sample.class, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
