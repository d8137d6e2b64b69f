package io.longrope.evaluator.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenizerTest {

    private static final String MIXED = "public int x;\r\n\t// Grüße, 世界 🎉\u0000\u007f\u00ad\n\n  end ";

    @TempDir
    Path directory;

    @BeforeEach
    void writeTokenizer() throws IOException {
        for (var file : ByteLevelTokenizer.files().entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
    }

    @Test
    void theEngineAgreesThatIdsAreBytes() throws IOException {
        try (var engine = HuggingFaceTokenizer.builder().optTokenizerPath(directory).optAddSpecialTokens(false)
                .optTruncation(false).optPadding(false).build()) {
            var ids = engine.encode(MIXED, false, false).getIds();

            assertThat(Arrays.stream(ids).mapToInt(Math::toIntExact).toArray()).isEqualTo(ByteLevelTokenizer.encode(MIXED));
            assertThat(engine.encode("a", true, false).getIds()).containsExactly(ByteLevelTokenizer.BOS, 'a');
        }
    }

    @Test
    void roundTrips() {
        try (var tokenizer = tokenizer(ByteLevelTokenizer.VOCAB_SIZE)) {
            assertThat(tokenizer.decode(tokenizer.encode(MIXED))).isEqualTo(MIXED);
            assertThat(tokenizer.encode("é")).containsExactly(0xc3, 0xa9);
            assertThat(tokenizer.encode("")).isEmpty();
            assertThat(tokenizer.encode("a<|endoftext|>")).containsExactly('a', ByteLevelTokenizer.EOS);
        }
    }

    @Test
    void losesNothingOfALongText() {
        // the special token leads past the short way for plain bytes
        var text = "<|startoftext|>" + "line of text\n".repeat(1000) + "🎉".repeat(5000);
        try (var tokenizer = new Tokenizer(TokenizerFiles.in(directory), ByteLevelTokenizer.VOCAB_SIZE, 1001)) {
            var ids = tokenizer.encode(text);

            assertThat(ids).hasSize(1 + 13_000 + 20_000);
            assertThat(Arrays.copyOfRange(ids, 1, ids.length)).isEqualTo(ByteLevelTokenizer.encode(text.substring(15)));
        }
    }

    @Test
    void refusesIdsTheModelDoesNotKnow() {
        try (var tokenizer = tokenizer(100)) {
            assertThatThrownBy(() -> tokenizer.encode("z")).isInstanceOf(BadInput.class)
                    .hasMessageContaining("below the model's vocab_size = 100, but was 122");
        }
    }

    @Test
    void refusesAMissingOrBrokenFile() throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), "{\"version\":");
        try (var broken = tokenizer(258); var missing = Tokenizer.of(directory.resolve("none"), 258)) {
            assertThatThrownBy(() -> broken.encode("a")).isInstanceOf(BadInput.class).hasMessageContaining("must be a tokenizer.json");
            assertThatThrownBy(() -> missing.encode("a")).isInstanceOf(BadInput.class).hasMessageContaining("but was missing");
            assertThat(missing.fingerprint()).isEqualTo("none");
        }
    }

    @Test
    void isWrittenTheSameEachTime() {
        assertThat(ByteLevelTokenizer.tokenizerJson().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(16_384);
        assertThat(tokenizer(258).fingerprint()).isEqualTo("0e88ddb1444af860d7b1ef8e6fc9304887032a8d4cc51eb6cd5a6539efde60b3");
    }

    private Tokenizer tokenizer(int vocabSize) {
        return Tokenizer.of(directory, vocabSize);
    }
}
