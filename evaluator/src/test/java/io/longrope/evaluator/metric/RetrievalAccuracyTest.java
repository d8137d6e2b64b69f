package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
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
    @CsvSource({"PASSKEY, 0", "PASSKEY, 0.5", "PASSKEY, 1", "LINES, 0", "LINES, 0.3", "LINES, 1"})
    void holdsTheNumberAtItsDepthAndFillsTheLength(RetrievalTask task, double depth) {
        var prompt = task.prompt(tokenizer, BOS, 6000, depth, 3);
        var text = tokenizer.decode(prompt.tokens());

        assertThat(prompt.tokens()).startsWith(ByteLevelTokenizer.BOS).hasSizeBetween(5900, 6000 - prompt.answerTokens());
        assertThat(text.indexOf(String.valueOf(prompt.answer())) / 6000.0).isBetween(depth - 0.05, depth + 0.05);
        assertThat(prompt.isAnsweredBy(" " + prompt.answer() + ".")).isTrue();
        assertThat(prompt.isAnsweredBy(" " + prompt.answer() + "0")).isFalse();
        assertThat(prompt.isAnsweredBy("no idea")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(RetrievalTask.class)
    void aModelThatReadsFindsAllAndOneThatGuessesNone(RetrievalTask task) {
        var accuracy = new RetrievalAccuracy(task, tokenizer, BOS, 3000, 0.4, 4, 1);

        assertThat(found(accuracy, (prompt, count) -> answer(tokenizer.decode(prompt)))).containsExactly(1.0, 1.0, 1.0, 1.0);
        assertThat(found(accuracy, (prompt, count) -> tokenizer.encode(" 1."))).containsExactly(0.0, 0.0, 0.0, 0.0);
        assertThat(accuracy.figure(List.of(1.0, 0.0, 0.0, 0.0))).isEqualTo(0.25);
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
        assertThatThrownBy(() -> RetrievalTask.PASSKEY.prompt(tokenizer, BOS, 100, 0, 1)).isInstanceOf(BadInput.class)
                .hasMessageContaining("length must have room for the passkey prompt");
    }

    /** Reads the number out of the prompt as a perfect model would. */
    private int[] answer(String prompt) {
        var asked = Pattern.compile("of line (\\d+) is <$").matcher(prompt);
        var sought = asked.find() ? "line " + asked.group(1) + ": REGISTER_CONTENT is <(\\d+)>" : "The pass key is (\\d+)\\.";
        var number = Pattern.compile(sought).matcher(prompt);
        assertThat(number.find()).isTrue();
        return tokenizer.encode(number.group(1) + ">\n");
    }
}
