package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.TokenFile;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

class RetrievalDocumentsTest {

    private static final int START = 9999;
    /** Tokens of the training text are from here on; those of invented text are bytes. */
    private static final int TEXT = 1000;
    private static final TokenFile TRAINING = TokenFile.of(List.of(IntStream.range(TEXT, TEXT + 5000).toArray()));

    private static final TextWords NO_WORDS = new TextWords(TRAINING, ids -> "");

    private static Sequence document(long seed, int length) {
        return new RetrievalDocuments(TRAINING, OptionalInt.of(START), ByteLevelTokenizer.coding())
                .document(new SplittableRandom(seed), length, new double[0]);
    }

    @Property(tries = 400)
    void documentsOfAnyLengthAreFull(@ForAll long seed, @ForAll @IntRange(min = 8, max = 3000) int length) {
        var document = document(seed, length);
        assertThat(document.inputs()).hasSize(length).startsWith(START);
        assertThat(document.inputs()[length - 1]).isLessThan(TEXT + 5000);
        assertThat(document.targets()).hasSize(length);
        for (int t = 0; t + 1 < length; t++) {
            assertThat(document.targets()[t]).isIn(document.inputs()[t + 1], Sequence.IGNORED);
        }
        assertThat(IntStream.of(document.targets())).anyMatch(target -> target != Sequence.IGNORED);
        assertThat(document).usingRecursiveComparison().isEqualTo(document(seed, length));
    }

    /** But for the few places where a sentence that comes again was cut in two by a statement. */
    @Test
    void whatIsCountedStoodBefore() {
        int counted = 0;
        int known = 0;
        for (int seed = 0; seed < 400; seed++) {
            var document = document(seed, 256);
            var pairs = new HashSet<Long>();
            for (int t = 0; t < document.length(); t++) {
                long pair = (long) document.inputs()[t] << 32 | Math.max(0, document.targets()[t]);
                if (document.targets()[t] >= 0 && document.targets()[t] < TEXT) {
                    counted++;
                    known += pairs.contains(pair) ? 1 : 0;
                }
                if (t + 1 < document.length()) {
                    pairs.add((long) document.inputs()[t] << 32 | document.inputs()[t + 1]);
                }
            }
        }
        assertThat(counted).isGreaterThan(400 * 30);
        assertThat((double) known / counted).isGreaterThan(0.97);
    }

    /** What stands right before an answer stands elsewhere too, and something else follows there. */
    @Test
    void toFindAnAnswerMoreThanTheTokensBeforeItMustBeCompared() {
        int answers = 0;
        int ambiguous = 0;
        for (int seed = 0; seed < 300; seed++) {
            var document = document(seed, 1024);
            var inputs = document.inputs();
            for (int t = 4; t < inputs.length; t++) {
                boolean begins = document.targets()[t] >= 0 && document.targets()[t - 1] < 0;
                if (begins) {
                    int at = t;
                    answers++;
                    ambiguous += IntStream.range(4, t).anyMatch(u -> Arrays.equals(inputs, u - 3, u, inputs, at - 3, at)
                            && inputs[u] == inputs[at] && inputs[u + 1] != document.targets()[at]) ? 1 : 0;
                }
            }
        }
        assertThat(answers).isGreaterThan(1000);
        assertThat((double) ambiguous / answers).isGreaterThan(0.2);
    }

    @Test
    void answersLieEverywhereButAtTheBeginning() {
        var counts = new int[8];
        for (int seed = 0; seed < 2000; seed++) {
            var targets = document(seed, 512).targets();
            for (int t = 0; t < 512; t++) {
                counts[t / 64] += targets[t] >= 0 && targets[t] < TEXT ? 1 : 0;
            }
        }
        double mean = IntStream.of(counts).average().orElseThrow();
        assertThat(counts[0]).isLessThan((int) mean);
        assertThat(IntStream.range(3, 8).map(i -> counts[i]))
                .allSatisfy(count -> assertThat((double) count).isBetween(0.5 * mean, 1.7 * mean));
    }

    @Test
    void noInventedWordNameOrValueIsAsTheTestsHaveIt() {
        for (int seed = 0; seed < 3000; seed++) {
            var words = new InventedWords(new SplittableRandom(seed), NO_WORDS);
            var names = words.names();
            var values = words.values();
            var asked = IntStream.range(0, 4).boxed().flatMap(i -> Stream.of(names.get(), words.word())).toList();
            assertThat(asked).noneMatch(name -> name.matches("\\d+|[a-z]+ [a-z]+|[A-Z]{5}"));
            var written = Stream.concat(asked.stream(), Stream.of(values.get(), values.get(), words.sentence(), words.words(5))).toList();
            assertThat(written).noneMatch(text -> text.matches("(.*\\W)?\\d{5}(\\W.*)?"));
            assertThat(written).flatMap(text -> List.of(text.toLowerCase(Locale.ROOT).split("[^a-z]+")))
                    .noneMatch(word -> word.length() > 1 && InventedWords.ofTests().contains(word));
        }
        assertThat(InventedWords.ofTests()).contains("pass", "key", "register", "line", "amber", "grass");
    }

    @Test
    void whatIsSaidReadsOftenLikeTheText() {
        var text = "The remote cache returns what it has read. Remember it: remember it. There and back again they go. ".repeat(40);
        var words = new TextWords(TokenFile.of(List.of(ByteLevelTokenizer.encode(text))), ByteLevelTokenizer.coding().decode());
        int read = 0;
        for (int seed = 0; seed < 2000; seed++) {
            var invented = new InventedWords(new SplittableRandom(seed), words);
            var written = invented.words(4);
            read += text.contains(written) || TextWords.inOrder(text).containsAll(TextWords.inOrder(written)) ? 1 : 0;
            assertThat(TextWords.asInTests(TextWords.inOrder(written))).isFalse();
            assertThat(written).doesNotContainIgnoringCase("there and back");
        }
        assertThat(read).isBetween(800, 1500);
        assertThat(TextWords.asInTests(List.of("so", "There", "AND", "back"))).isTrue();
    }
}
