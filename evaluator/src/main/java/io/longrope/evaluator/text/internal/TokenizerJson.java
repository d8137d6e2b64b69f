package io.longrope.evaluator.text.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The checks of tokenizer.json that Hugging Face's library leaves out: where it panics, inside Java, the process ends. */
public final class TokenizerJson {

    private static final int MAXIMUM_DEPTH = 100;

    private TokenizerJson() {
    }

    /** @throws BadInput when the text is no JSON that the library's parser reads, or makes it panic */
    public static void check(String json, String source) {
        try (var parser = Json.mapper().createParser(json)) {
            while (parser.nextToken() != null) {
                check(parser, source);
            }
        } catch (JsonProcessingException e) {
            var fault = JsonFault.of(e);
            throw new BadInput(new Problem(source + fault.place(), "must be a tokenizer.json", fault.found(), fault.wayOut()), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(JsonParser parser, String source) throws IOException {
        switch (parser.currentToken()) {
            case START_ARRAY, START_OBJECT -> {
                int depth = parser.getParsingContext().getNestingDepth();
                require(depth <= MAXIMUM_DEPTH, source, "must be nested at most " + MAXIMUM_DEPTH + " deep", depth);
            }
            case FIELD_NAME -> require(isUnicode(parser.currentName()), source, "must have names of whole characters",
                    "half a surrogate pair");
            case VALUE_STRING -> {
                require(isUnicode(parser.getText()), source, "must have strings of whole characters", "half a surrogate pair");
                require(!"continuing_subword_prefix".equals(parser.currentName()) || parser.getText().isEmpty(), source,
                        "must have no continuing_subword_prefix", parser.getText());
            }
            case VALUE_NUMBER_FLOAT ->
                    require(Double.isFinite(parser.getDoubleValue()), source, "must have numbers of 64 bits", parser.getText());
            default -> {
            }
        }
    }

    private static boolean isUnicode(String text) {
        return text.codePoints().noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private static void require(boolean holds, String source, String rule, Object found) {
        if (!holds) {
            throw new BadInput(source, rule, found, "");
        }
    }
}
