package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Retrieval;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RetrievalAccuracyTest {

    private static final OptionalInt BOS = OptionalInt.of(ByteLevelTokenizer.BOS);

    @TempDir
    Path directory;
    private Tokenizer tokenizer;

    @BeforeEach
    void writeTokenizer() throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), ByteLevelTokenizer.tokenizerJson());
        tokenizer = Tokenizer.of(directory, ByteLevelTokenizer.VOCAB_SIZE);
    }

    @ParameterizedTest
    @CsvSource({"PASSKEY, 0", "PASSKEY, 0.5", "PASSKEY, 1", "LINES, 0", "LINES, 0.3", "LINES, 1", "KEYS, 0", "KEYS, 0.6", "VALUES, 0.4",
            "QUERIES, 0.7",
        "VARIABLES, 0.3"})
    void holdsWhatIsAskedForAtItsDepthAndFillsTheLength(Retrieval kind, double depth) {
        var prompt = prompt(kind, 6000, depth, kind.usualCount(), 3);
        var text = tokenizer.decode(prompt.tokens());
        var all = String.join(", ", prompt.answers());

        assertThat(prompt.tokens()).startsWith(ByteLevelTokenizer.BOS).hasSizeBetween(5850, 6000 - prompt.answerTokens());
        assertThat(text.indexOf(prompt.answers().get(0)) / 6000.0).isBetween(depth - 0.05, depth + 0.05);
        assertThat(prompt.answers()).doesNotHaveDuplicates().allMatch(text::contains);
        assertThat(prompt.answeredBy(" " + all + ".")).hasSameSizeAs(prompt.answers()).containsOnly(true);
        assertThat(prompt.answeredBy(" " + all.replace(", ", "0, X") + "0")).containsOnly(false);
        assertThat(prompt.answeredBy("no idea")).containsOnly(false);
    }

    @ParameterizedTest
    @EnumSource(Retrieval.class)
    void theSeedDecidesThePrompt(Retrieval kind) {
        int count = kind.usualCount();

        assertThat(prompt(kind, 3000, 0.5, count, 3).tokens()).isEqualTo(prompt(kind, 3000, 0.5, count, 3).tokens())
                .isNotEqualTo(prompt(kind, 3000, 0.5, count, 4).tokens());
    }

    @ParameterizedTest
    @EnumSource(value = Retrieval.class, names = {"VALUES", "QUERIES", "VARIABLES"})
    void ofSeveralAnswersEachCountsInAnyOrderAndTriesAreLimited(Retrieval kind) {
        var prompt = prompt(kind, 3000, 0, 4, 1);
        var answers = prompt.answers();

        assertThat(prompt.answeredBy(answers.get(2) + " and " + answers.get(0))).containsExactly(true, false, true, false);
        assertThat(prompt.answeredBy(answers.get(1) + ", " + answers.get(1))).containsExactly(false, true, false, false);
        assertThat(prompt.answeredBy("10, 11, 12, 13, AAAAA, BBBBB, CCCCC, DDDDD, " + String.join(", ", answers))).containsOnly(false);
    }

    @Test
    void oneOfManyNamesIsAskedFor() {
        var prompt = prompt(Retrieval.KEYS, 6000, 0.5, 20, 1);
        var text = tokenizer.decode(prompt.tokens());

        assertThat(Pattern.compile("The locker of the (\\w+ \\w+) has the number \\d{5}\\.").matcher(text).results()
                .map(match -> match.group(1)).distinct())
                .hasSize(20);
        assertThat(text).containsPattern("The locker of the \\w+ \\w+ has the number " + prompt.answers().get(0) + "\\.");
    }

    @Test
    void refusesCountsAKindDoesNotHave() {
        assertThatThrownBy(() -> prompt(Retrieval.KEYS, 6000, 0.5, 65, 1)).isInstanceOf(BadInput.class)
                .hasMessage("count must be at least 1 and at most 64 of keys, but was 65");
        assertThatThrownBy(() -> prompt(Retrieval.PASSKEY, 6000, 0.5, 2, 1)).isInstanceOf(BadInput.class);
    }

    @ParameterizedTest
    @EnumSource(Retrieval.class)
    void aModelThatReadsFindsAllAndOneThatGuessesNone(Retrieval kind) {
        var accuracy = new RetrievalAccuracy(kind, tokenizer, BOS, 3000, 0.4, kind.usualCount(), 4, 1);

        assertThat(found(accuracy, (prompt, count) -> answer(kind, tokenizer.decode(prompt)))).containsExactly(1.0, 1.0, 1.0, 1.0);
        assertThat(found(accuracy, (prompt, count) -> tokenizer.encode(" 1."))).containsExactly(0.0, 0.0, 0.0, 0.0);
        assertThat(accuracy.figure(List.of(1.0, 0.0, 0.0, 0.0))).isEqualTo(0.25);
    }

    private RetrievalPrompt prompt(Retrieval kind, int length, double depth, int count, long seed) {
        return RetrievalPrompt.of(kind, RetrievalWording.ofTests(kind), tokenizer, BOS, length, depth, count, seed);
    }

    private static List<Double> found(RetrievalAccuracy accuracy, Generator model) {
        return IntStream.range(0, accuracy.trials()).mapToObj(trial -> accuracy.measure(new FakeSubject(model), trial)).toList();
    }

    /** It only generates. */
    private record FakeSubject(Generator model) implements Subject {

        @Override
        public float[] of(int[] tokens) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int[] generate(int[] prompt, int count) {
            return model.generate(prompt, count);
        }
    }

    @Test
    void refusesALengthWithoutRoomForTheQuestion() {
        assertThatThrownBy(() -> prompt(Retrieval.PASSKEY, 100, 0, 1, 1)).isInstanceOf(BadInput.class)
                .hasMessageContaining("length must have room for the passkey prompt");
    }

    /** Reads the answers out of the prompt as a perfect model would. */
    private int[] answer(Retrieval kind, String prompt) {
        var sought = switch (kind) {
            case PASSKEY -> "The pass key is (\\d+)\\.";
            case LINES -> "line " + last(prompt, "of line (\\d+) is <$") + ": REGISTER_CONTENT is <(\\d+)>";
            case KEYS -> "locker of the " + last(prompt, "locker of the (\\w+ \\w+) has the number$") + " has the number (\\d+)";
            case VALUES -> "One of the numbers of the " + last(prompt, "of the (\\w+ \\w+) are$") + " is (\\d+)";
            case QUERIES -> "has the number (\\d+)";
            case VARIABLES -> "From now on (\\w+) stands for " + last(prompt, "stand for (\\d+) are$");
        };
        var found = Pattern.compile(sought).matcher(prompt).results().map(match -> match.group(1))
                .collect(Collectors.toCollection(ArrayList::new));
        for (int i = 0; kind == Retrieval.VARIABLES && i < found.size(); i++) {
            Pattern.compile("From now on (\\w+) stands for the same as " + found.get(i)).matcher(prompt).results()
                    .forEach(match -> found.add(match.group(1)));
        }
        assertThat(found).isNotEmpty();
        return tokenizer.encode(String.join(", ", found) + ">\n");
    }

    private static String last(String prompt, String pattern) {
        var matcher = Pattern.compile(pattern).matcher(prompt);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }
}
