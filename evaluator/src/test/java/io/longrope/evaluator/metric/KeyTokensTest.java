package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.TextRange;
import io.longrope.evaluator.text.TokenCoding;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.ShortContext;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyTokensTest {

    /** A token is known by its far text when it is even: its loss is 1 with more than {@code far} tokens before it, else 4. */
    private static TokenLosses lookingBack(int far) {
        return tokens -> {
            var losses = new float[tokens.length - 1];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = tokens[i + 1] % 2 == 0 && i + 1 > far ? 1 : 4;
            }
            return losses;
        };
    }

    @Test
    void keyIsWhatOnlyTheWholeTextTells() {
        var tokens = IntStream.range(0, 12).toArray();

        var keys = KeyTokens.in(lookingBack(5), tokens, new ShortContext(4, 2));

        // of a window of 6 tokens the last two count: they are given 4 and 5 before them
        assertThat(keys).containsExactly(6, 8, 10);
        assertThat(KeyTokens.in(lookingBack(4), tokens, new ShortContext(4, 2))).as("5 tokens are enough: windows end in odd tokens")
                .containsExactly(6, 8, 10);
        assertThat(KeyTokens.in(lookingBack(3), tokens, new ShortContext(4, 2))).as("4 tokens are enough").isEmpty();
    }

    @Test
    void aTokenWithALossIsNotKeyHoweverMuchFarTextHelps() {
        TokenLosses hard = tokens -> {
            var losses = new float[tokens.length - 1];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = tokens.length == 8 ? i % 2 == 0 ? 2 : 1.9f : 9;
            }
            return losses;
        };

        assertThat(KeyTokens.in(hard, new int[8], new ShortContext(3, 1))).containsExactly(4, 6);
    }

    @Property
    void everyTokenFromKOnHasOneShortLoss(@ForAll @IntRange(min = 1, max = 12) int k, @ForAll @IntRange(min = 1, max = 7) int step,
                                          @ForAll @IntRange(min = 2, max = 40) int length) {
        var read = new ArrayList<Integer>();
        // the loss of a token is how many tokens it was given
        TokenLosses counting = tokens -> {
            read.add(tokens.length);
            var losses = new float[tokens.length - 1];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = i + 1;
            }
            return losses;
        };

        var losses = KeyTokens.shortLosses(counting, new int[length], new ShortContext(k, step));

        for (int token = 1; token < length; token++) {
            if (token < k) {
                assertThat(losses[token - 1]).isNaN();
            } else {
                assertThat(losses[token - 1]).isEqualTo(k + (token - k) % step);
            }
        }
        assertThat(length + read.stream().mapToInt(Integer::intValue).sum()).isEqualTo((int) KeyTokens.read(length,
                new ShortContext(k, step)));
    }

    @Test
    void aTokenOfAnotherTokenizerCountsWhenItLiesWhollyInside() {
        var tokens = List.of(new TextRange(0, 3), new TextRange(3, 3), new TextRange(3, 5), new TextRange(5, 9), new TextRange(9, 10));

        assertThat(KeyTokens.within(List.of(new TextRange(0, 2), new TextRange(3, 5), new TextRange(8, 10)), tokens)).containsExactly(2, 4);
        assertThat(KeyTokens.within(List.of(new TextRange(5, 7), new TextRange(7, 9)), tokens))
                .as("stretches that meet").containsExactly(3);
        assertThat(KeyTokens.within(List.of(), tokens)).isEmpty();
    }

    @Test
    void anEvaluatorWithAnotherTokenizerReadsTheSameText() {
        var sample = IntStream.concat(IntStream.of(ByteLevelTokenizer.BOS), IntStream.of(ByteLevelTokenizer.encode("größe 世 a b")))
                .toArray();
        var judged = new KeyTokens.Reader(ByteLevelTokenizer.coding(), "bytes", OptionalInt.of(ByteLevelTokenizer.BOS));
        var evaluator = new KeyTokens.Reader(CHARACTERS, "characters", OptionalInt.empty());

        var text = KeyTokens.text(sample, judged, evaluator);

        assertThat(text.tokens()).containsExactly("größe 世 a b".codePoints().toArray());
        // the character at 6 is three bytes, from the ninth on, after the start token
        assertThat(text.back().apply(new int[] {6, 9})).containsExactly(9, 10, 11, 14);
        assertThat(KeyTokens.text(sample, judged, judged).tokens()).isSameAs(sample);
    }

    @Test
    void bytesThatAreNoCharacterYetAreReadTogether() {
        var read = TextRange.of(ByteLevelTokenizer.coding(), ByteLevelTokenizer.encode("aß!"));

        assertThat(read.text()).isEqualTo("aß!");
        assertThat(read.tokens()).containsExactly(new TextRange(0, 1), new TextRange(1, 3), new TextRange(1, 3), new TextRange(3, 4));
    }

    @Test
    void aTextThatDoesNotComeBackIsRefused() {
        var lossy = new KeyTokens.Reader(new TokenCoding(text -> CHARACTERS.encode().apply(text.toLowerCase()), CHARACTERS.decode()),
                "lossy", OptionalInt.empty());
        var judged = new KeyTokens.Reader(CHARACTERS, "characters", OptionalInt.empty());

        assertThatThrownBy(() -> KeyTokens.text("A".codePoints().toArray(), judged, lossy)).isInstanceOf(BadInput.class)
                .hasMessageContaining("evaluator must have a tokenizer that gives a text back as it was");
    }

    @Test
    void allKeyTokensWeighTheSame() {
        var losses = List.of(new float[] {9, 1, 2, 9}, new float[] {6, 9}, new float[] {9});

        assertThat(KeyTokens.meanLoss(losses, List.of(new int[] {2, 3}, new int[] {1}, new int[0]))).isEqualTo(3);
        assertThatThrownBy(() -> KeyTokens.meanLoss(losses, List.of(new int[0], new int[0], new int[0]))).isInstanceOf(BadInput.class)
                .hasMessageContaining("key tokens must be at least 1, but was 0");
    }

    private static final TokenCoding CHARACTERS = new TokenCoding(text -> text.codePoints().toArray(),
            ids -> IntStream.of(ids).mapToObj(Character::toString).collect(Collectors.joining()));
}
