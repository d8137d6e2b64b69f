package io.longrope.evaluator.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.TextRange;
import io.longrope.evaluator.text.TokenCoding;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.evaluator.text.TokenizerFiles;
import io.longrope.search.json.Json;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;
import io.longrope.search.work.ShortContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Key tokens and LongPPL against those frozen from the package longppl by src/test/scripts/freeze_longppl.py, on shipped models. */
class LongPplParityTest {

    private static final Path MODELS = Path.of(System.getProperty("longrope.home"), "evaluator/models");
    private static final OptionalInt START = OptionalInt.of(ByteLevelTokenizer.BOS);

    private static final String BYTES = """
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}""";
    private static final String BLANKS = """
            {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
            {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}""";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"short", "uneven", "usual"})
    void isThatOfThePackage(String name) throws IOException, URISyntaxException {
        var golden = golden(name);
        var sample = ByteLevelTokenizer.encode(golden.path("text").textValue());
        var context = new ShortContext(golden.path("context").intValue(), golden.path("step").intValue());
        // the package's evaluator reads a start token before the text, its judged model none
        var judged = new KeyTokens.Reader(ByteLevelTokenizer.coding(), "bytes", OptionalInt.empty());
        var evaluator = new KeyTokens.Reader(ByteLevelTokenizer.coding(), "bytes", START);

        var text = KeyTokens.text(sample, judged, evaluator);
        var keys = text.keys(model(golden, "evaluator", text.tokens().length), context);
        var losses = model(golden, "judged", sample.length).of(sample);

        assertThat(keys).hasSize(golden.path("keyTokens").intValue()).hasSizeGreaterThan(40);
        assertThat(Math.exp(Perplexity.meanLoss(losses))).isCloseTo(golden.path("perplexity").doubleValue(),
                within(1e-4 * golden.path("perplexity").doubleValue()));
        assertThat(Math.exp(KeyTokens.meanLoss(List.of(losses), List.of(keys)))).isCloseTo(golden.path("longppl").doubleValue(),
                within(1e-4 * golden.path("longppl").doubleValue()));
        assertThat(keys).containsExactly(inside(golden, ByteLevelTokenizer.coding(), sample));
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "metaspace-first", "metaspace-always", "prepended", "sentencepiece"})
    void otherTokenizersHaveTheKeyTokensOfThePackage(String kind) throws IOException, URISyntaxException {
        var json = (ObjectNode) Json.mapper().readTree(Path.of(getClass().getResource("/io/longrope/evaluator/tokenizers/" + kind
                + ".json").toURI()).toFile());
        // frozen to encode, they lack what Llama's tokenizers decode with
        json.set("decoder", Json.mapper().readTree(kind.equals("byte-level") ? BYTES : BLANKS));
        var file = Files.writeString(directory.resolve("tokenizer.json"), json.toString());
        try (var tokenizer = Tokenizer.of(TokenizerFiles.of(file), 1_000)) {
            for (var name : List.of("short", "uneven", "usual")) {
                var golden = golden(name);
                var ids = tokenizer.encode(golden.path("text").textValue());

                var expected = Json.mapper().convertValue(golden.path("others").path(kind), int[].class);
                assertThat(expected).as(name).isNotEmpty();
                assertThat(inside(golden, tokenizer.coding(), ids)).as(name).containsExactly(expected);
            }
        }
    }

    private static int[] inside(JsonNode golden, TokenCoding coding, int[] ids) {
        var ranges = StreamSupport.stream(golden.path("ranges").spliterator(), false)
                .map(range -> new TextRange(range.get(0).intValue(), range.get(1).intValue())).toList();
        return KeyTokens.within(ranges, TextRange.of(coding, ids).tokens());
    }

    /** With the golden's method, as transformers runs it whatever a text's length. */
    private static TokenLosses model(JsonNode golden, String which, int length) {
        var checkpoint = Checkpoint.open(MODELS.resolve(golden.path(which).textValue()));
        var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32, Arithmetic.USUAL_CHUNK));
        var candidate = Candidate.of(RopeScalings.named(golden.path("method").textValue()), checkpoint.config().rope(), length);
        return tokens -> decoder.losses(tokens, candidate, Attention.TRAINED);
    }

    private static JsonNode golden(String name) throws IOException, URISyntaxException {
        var file = LongPplParityTest.class.getResource("/io/longrope/evaluator/longppl/" + name + ".json");
        assertThat(file).as("golden %s: run src/test/scripts/freeze_longppl.py", name).isNotNull();
        return Json.mapper().readTree(Path.of(file.toURI()).toFile());
    }
}
