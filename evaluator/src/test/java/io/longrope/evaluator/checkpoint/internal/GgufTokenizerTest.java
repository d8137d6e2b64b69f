package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.gguf.GgufHeader;
import io.longrope.search.table.gguf.GgufWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Token ids of the vocabularies of GGUF files are llama.cpp's, frozen by src/test/scripts/freeze_gguf_tokens.py. */
class GgufTokenizerTest {

    private static final JsonNode FROZEN = frozen();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2", "tekken", "gpt-4o", "deepseek-coder", "deepseek-v3", "falcon",
            "default"})
    void bytesAreCutAndMergedAsInLlamaCpp(String cut) throws IOException {
        var vocabulary = FROZEN.get("byteLevel");
        var file = vocabulary(vocabulary).set("tokenizer.ggml.merges", Arrays.asList(values(vocabulary, "merges", String[].class)))
                .set("tokenizer.ggml.pre", cut);

        requireIds(file, FROZEN.get("idsByCut").get(cut));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void piecesAreMergedByTheirScoreAsInLlamaCpp(boolean prefix) throws IOException {
        var vocabulary = FROZEN.get("sentencePiece");
        var file = vocabulary(vocabulary).set("tokenizer.ggml.scores", values(vocabulary, "scores", float[].class))
                .set("tokenizer.ggml.add_space_prefix", prefix);

        requireIds(file, FROZEN.get("idsByPrefix").get(Boolean.toString(prefix)));
    }

    @Test
    void aWayToCutThatIsNotKnownIsRefusedByName() throws IOException {
        var file = directory.resolve("vocabulary.gguf");
        vocabulary(FROZEN.get("byteLevel")).set("tokenizer.ggml.pre", "poro-chat").write(file);

        assertThatThrownBy(() -> GgufTokenizer.json(GgufHeader.read(file))).isInstanceOf(BadInput.class)
                .hasMessageContaining("tokenizer.ggml.pre").hasMessageContaining("but was poro-chat");
    }

    private void requireIds(GgufWriter vocabulary, JsonNode expected) throws IOException {
        var file = directory.resolve("vocabulary.gguf");
        vocabulary.write(file);
        Files.writeString(directory.resolve("tokenizer.json"), GgufTokenizer.json(GgufHeader.read(file)));
        var texts = FROZEN.get("texts");
        assertThat(texts).hasSizeGreaterThan(25).hasSameSizeAs(expected);
        try (var tokenizer = Tokenizer.of(directory, 1000)) {
            for (int i = 0; i < texts.size(); i++) {
                var text = texts.get(i).textValue();
                assertThat(tokenizer.encode(text)).as(text).isEqualTo(Json.mapper().convertValue(expected.get(i), int[].class));
            }
        }
    }

    private static GgufWriter vocabulary(JsonNode vocabulary) {
        return new GgufWriter().set("general.architecture", "llama").set("tokenizer.ggml.model", vocabulary.get("model").textValue())
                .set("tokenizer.ggml.tokens", Arrays.asList(values(vocabulary, "tokens", String[].class)))
                .set("tokenizer.ggml.token_type", values(vocabulary, "types", int[].class))
                .set("tokenizer.ggml.bos_token_id", 1).set("tokenizer.ggml.eos_token_id", 2).set("tokenizer.ggml.unknown_token_id", 0);
    }

    private static <T> T values(JsonNode node, String name, Class<T> type) {
        return Json.mapper().convertValue(node.get(name), type);
    }

    private static JsonNode frozen() {
        try (var in = GgufTokenizerTest.class.getResourceAsStream("/io/longrope/evaluator/gguf/tokens.json")) {
            return Json.mapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
