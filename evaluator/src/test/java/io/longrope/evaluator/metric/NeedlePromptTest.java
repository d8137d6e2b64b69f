package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class NeedlePromptTest {

    private static final OptionalInt BOS = OptionalInt.of(ByteLevelTokenizer.BOS);

    @TempDir
    Path directory;
    private Tokenizer tokenizer;

    @BeforeEach
    void writeTokenizer() throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), ByteLevelTokenizer.tokenizerJson());
        tokenizer = Tokenizer.of(directory, ByteLevelTokenizer.VOCAB_SIZE);
    }

    @Test
    void hidesTheNumberAndAsksForIt() {
        var prompt = prompt(600, 0.5, 1);
        var text = tokenizer.decode(prompt.tokens());
        var answer = tokenizer.decode(Arrays.copyOfRange(prompt.tokens(), prompt.answer(), 600));

        assertThat(prompt.tokens()).hasSize(600).startsWith(ByteLevelTokenizer.BOS);
        assertThat(answer).matches(" [1-9]\\d{6}");
        assertThat(text).contains(" is:" + answer + ".\nxxx").endsWith("mentioned in the provided text is" + answer);
        assertThat(text.indexOf("One of the special") - text.indexOf("afterwards.\n") - 12)
                .isCloseTo(text.indexOf("\nWhat is") - text.indexOf(answer + ".\n") - answer.length() - 2, within(1));
    }

    @Test
    void depthMovesTheNeedle() {
        assertThat(tokenizer.decode(prompt(600, 0, 1).tokens())).contains("afterwards.\nOne of");
        assertThat(tokenizer.decode(prompt(600, 1, 1).tokens())).containsPattern("\\d\\.\n\nWhat is");
        assertThat(prompt(600, 0, 1).tokens()).isEqualTo(prompt(600, 0, 1).tokens()).isNotEqualTo(prompt(600, 0, 2).tokens());
    }

    @Test
    void scoresTheAnswerOnly() {
        var prompt = prompt(600, 0, 1);

        double loss = prompt.meanLoss(tokens -> {
            var losses = new float[tokens.length - 1];
            Arrays.fill(losses, 0, prompt.answer() - 1, Float.NaN);
            Arrays.fill(losses, prompt.answer() - 1, losses.length, 3);
            return losses;
        });

        assertThat(loss).isEqualTo(3);
    }

    @Test
    void refusesWhatHasNoRoom() {
        assertThatThrownBy(() -> prompt(100, 0, 1)).isInstanceOf(BadInput.class)
                .hasMessageContaining("length must have room for the needle prompt");
        assertThatThrownBy(() -> NeedlePrompt.of(tokenizer, BOS, new int[3], 600, 0, 1)).isInstanceOf(BadInput.class)
                .hasMessageContaining("text must have");
    }

    @Test
    void theShortestLengthHoldsEveryPrompt() {
        int shortest = NeedlePrompt.shortest(tokenizer, BOS);
        var seeds = new Random(1).longs(1000).toArray();
        Arrays.stream(seeds).forEach(seed -> prompt(shortest, 0.5, seed));
        assertThatThrownBy(() -> Arrays.stream(seeds).forEach(seed -> prompt(shortest - 7, 0.5, seed)))
                .as("six tokens of its own are kept for the needle's digits, which are tokens here").isInstanceOf(BadInput.class);
    }

    @Test
    void needlesOfAnyCountCoverTheText() {
        assertThat(IntStream.range(0, 8).mapToDouble(NeedlePerplexity::spread).toArray())
                .containsExactly(0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875);
        assertThat(IntStream.range(0, 10_000).mapToDouble(NeedlePerplexity::spread).boxed()).doesNotHaveDuplicates()
                .allMatch(depth -> depth >= 0 && depth < 1);
    }

    private NeedlePrompt prompt(int length, double depth, long seed) {
        var text = new int[1000];
        Arrays.fill(text, 'x');
        return NeedlePrompt.of(tokenizer, BOS, text, length, depth, seed);
    }
}
