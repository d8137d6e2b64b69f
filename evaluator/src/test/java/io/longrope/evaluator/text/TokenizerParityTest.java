package io.longrope.evaluator.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** Texts that go through in pieces, against what src/test/scripts/freeze_tokenizers.py had from one call of Hugging Face's tokenizers. */
class TokenizerParityTest {

    private static final int VOCAB_SIZE = 1000;
    private static final int WHOLE = 1 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"prepended", "metaspace-first", "metaspace-always", "byte-level", "sentencepiece"})
    void aTextInPiecesHasTheTokensOfTheWhole(String kind) throws IOException, URISyntaxException {
        var expected = resource("expected.json").get(kind);
        // the size of pieces in use, once, and one that cuts often
        for (int piece : kind.equals("prepended") ? new int[] {WHOLE, 10_007} : new int[] {10_007}) {
            try (var tokenizer = new Tokenizer(TokenizerFiles.of(path(kind + ".json")), VOCAB_SIZE, piece)) {
                var ids = tokenizer.encode(text());

                assertThat(ids).as("pieces of %d", piece).hasSize(expected.get("tokens").intValue());
                assertThat(Arrays.copyOf(ids, 8)).isEqualTo(Json.mapper().convertValue(expected.get("first"), int[].class));
                assertThat(Json.sha256(Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(","))))
                        .isEqualTo(expected.get("sha256").textValue());
            }
        }
    }

    /** As freeze_tokenizers.py makes it. */
    private static String text() {
        var text = new StringBuilder();
        for (int i = 0; i < 14_000; i++) {
            text.append("    ".repeat(i % 3)).append("value").append(i % 97).append(" = sum(left, ").append(i * 7919 % 1000)
                    .append(") // grows, Größe 世界 ").append("é".repeat(i % 4)).append(i % 11 == 0 ? "\n\n" : "\n");
        }
        assertThat(text.append("one line without an end ".repeat(20_000)).length()).isGreaterThan(WHOLE);
        return text.toString();
    }

    private static JsonNode resource(String name) throws IOException, URISyntaxException {
        return Json.mapper().readTree(path(name).toFile());
    }

    private static Path path(String name) throws URISyntaxException {
        return Path.of(TokenizerParityTest.class.getResource("/io/longrope/evaluator/tokenizers/" + name).toURI());
    }
}
