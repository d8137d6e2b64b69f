package io.longrope.evaluator.text.internal;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonLinesTest {

    /** Whatever Jackson writes as text beside other keys comes back. */
    @Property(tries = 500)
    void readsWhatIsWritten(@ForAll @Size(max = 5) List<@CharRange(from = '\0', to = '\ud7ff') String> texts,
            @ForAll @Size(max = 3) List<Integer> ids)
            throws IOException {
        var lines = new StringBuilder();
        var expected = new ArrayList<String>();
        for (var text : texts) {
            lines.append(Json.write(Map.of("meta", List.of(Map.of("text", text)), "text", text, "z\"\\", text))).append("\r\n");
            expected.add(text);
        }
        lines.append("{\"tokens\": ").append(ids).append("}");
        expected.add(ids.toString());

        assertThat(read(lines.toString())).isEqualTo(expected);
    }

    @Test
    void joinsPairsAndDecodesKeys() throws IOException {
        assertThat(read("{\"te\\u0078t\":\"\\ud83c\\udf89 \\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9🎉\"}")).containsExactly("🎉 \"\\/\b\f\n\r\té🎉");
        assertThat(read("{\"text\":\"\"}\r\r\n\u2003\n{\"text\":\"b\"}")).containsExactly("", "b");
    }

    @Test
    void aTextCountsBeforeTokens() throws IOException {
        assertThat(read("{\"tokens\":[1,2],\"text\":\"a\"}\n{\"text\":\"b\",\"tokens\":[3]}")).containsExactly("a", "b");
        assertThat(read("{\"text\":null,\"tokens\":[ 1 , 2\t]}")).containsExactly("[1, 2]");
        assertThat(read("{\"tokens\":[]}")).containsExactly("[]");
    }

    @Test
    void givesLongTokensInBlocks() throws IOException {
        int count = 2 * JsonTokens.BLOCK + 5;
        var list = IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(","));

        assertThat(read("{\"tokens\":[" + list + "]}")).containsExactly(Arrays.toString(IntStream.range(0, count).toArray()));
        assertThatThrownBy(() -> read("{\"tokens\":[" + list + "],\"text\":\"late\"}")).isInstanceOf(BadInput.class)
                .hasMessageContaining("x:1 must have its text before its tokens");
    }

    /** As raw bytes that are no UTF-8 are refused: tokenizers would make different things of it. */
    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d", "\\ud83d ", "\\ude00", "\\ud83d\\ud83d\\ude00", "\\uD83D\\n", "\\ud83dA"})
    void refusesHalfASurrogatePair(String text) {
        assertThatThrownBy(() -> read("{\"text\":\"whole \\ud83d\\ude00\"}\n{\"text\":\"Hi " + text + "\"}")).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("x:2 must be text of whole characters, but was half a surrogate pair, \\ud");
    }

    private static List<String> read(String lines) throws IOException {
        var documents = new ArrayList<String>();
        JsonLines.read(new Utf8Reader(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), "x"), "x", new DocumentSink() {
            @Override
            public void text(String name, Reader text) throws IOException {
                var content = new StringWriter();
                text.transferTo(content);
                documents.add(content.toString());
            }

            @Override
            public void textUnlessBlank(String name, Reader text) throws IOException {
                text(name, text);
            }

            @Override
            public void tokens(String name, TokenBlocks blocks) throws IOException {
                var ids = new ArrayList<Integer>();
                for (var block = blocks.next(); block != null; block = blocks.next()) {
                    assertThat(block).hasSizeBetween(1, JsonTokens.BLOCK);
                    Arrays.stream(block).forEach(ids::add);
                }
                documents.add(ids.toString());
            }
        });
        return documents;
    }
}
