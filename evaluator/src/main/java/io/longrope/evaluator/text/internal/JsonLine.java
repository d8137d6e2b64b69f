package io.longrope.evaluator.text.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One line of JSON whose document may be larger than memory. The text or the tokens go to the sink while they are read; what
 * is left of the line, with an empty text or empty tokens in their place, is then parsed as JSON is, so that a line is refused
 * for the same faults whatever its length.
 */
final class JsonLine {

    /** Characters of a line besides its document. */
    private static final int LONGEST_REST = 1 << 26;

    private final Utf8Reader input;
    private final String name;
    private final DocumentSink sink;
    private final StringBuilder rest = new StringBuilder();
    private boolean hasText;
    private JsonTokens tokens;

    /** @param name of the line, for complaints */
    JsonLine(Utf8Reader input, String name, DocumentSink sink) {
        this.input = input;
        this.name = name;
        this.sink = sink;
    }

    void read() throws IOException {
        boolean isObject = input.peek() == '{';
        int depth = 0;
        // at depth 1 of an object: the key whose value comes next, and whether a key may come next
        String key = null;
        boolean keyIsNext = false;
        while (!JsonLines.isLineEnd(input.peek())) {
            char character = (char) input.read();
            boolean isValue = depth == 1 && key != null;
            if (character == '"' && isValue && key.equals("text")) {
                text();
            } else if (character == '[' && isValue && key.equals("tokens")) {
                tokens();
            } else if (character == '"') {
                int start = rest.length();
                string();
                key = depth == 1 && isObject && keyIsNext ? decoded(rest.substring(start)) : key;
                keyIsNext = false;
            } else {
                add(character);
                depth += character == '{' || character == '[' ? 1 : character == '}' || character == ']' ? -1 : 0;
                boolean between = depth == 1 && isObject && (character == '{' || character == ',');
                keyIsNext = between || keyIsNext && Character.isWhitespace(character);
                key = between ? null : key;
            }
        }
        JsonLines.endLine(input);
        check(parse(rest.toString()));
        if (tokens != null && !hasText) {
            tokens.giveTo(sink);
        }
    }

    private void text() throws IOException {
        rest.append("\"\"");
        if (tokens != null && tokens.isGiven()) {
            throw new BadInput(name, "must have its text before its tokens, or one of the two alone", "both", "");
        }
        hasText = true;
        sink.text(name, new JsonString(input, name));
    }

    private void tokens() throws IOException {
        rest.append("[]");
        tokens = new JsonTokens(input, name);
        if (hasText) {
            tokens.skip();
        } else {
            tokens.read(sink);
        }
    }

    /** Another string, as it stands. */
    private void string() throws IOException {
        add('"');
        while (!JsonLines.isLineEnd(input.peek())) {
            char character = (char) input.read();
            add(character);
            if (character == '"') {
                return;
            }
            if (character == '\\' && !JsonLines.isLineEnd(input.peek())) {
                add((char) input.read());
            }
        }
    }

    private void add(char character) {
        if (rest.length() == LONGEST_REST) {
            throw new BadInput(name, "must have at most " + LONGEST_REST + " characters besides its text or tokens", "more", "");
        }
        rest.append(character);
    }

    private String decoded(String string) {
        return string.indexOf('\\') < 0 ? string.substring(1, Math.max(1, string.length() - 1)) : parse(string).asText();
    }

    private void check(JsonNode json) {
        if (!json.path("text").isTextual() && !json.path("tokens").isArray()) {
            throw new BadInput(name, "must be an object with a text string or a tokens list", found(json),
                    json.isArray() ? "give each document a line of its own" : "");
        }
    }

    private static String found(JsonNode json) {
        if (!json.isObject() || json.isEmpty()) {
            return json.isArray() ? "a list" : json.isObject() ? "an empty object" : json.getNodeType().toString().toLowerCase(Locale.ROOT);
        }
        for (var key : List.of("text", "tokens")) {
            if (json.has(key)) {
                return "one whose " + key + " is " + json.get(key).getNodeType().toString().toLowerCase(Locale.ROOT);
            }
        }
        var names = new ArrayList<String>();
        json.fieldNames().forEachRemaining(names::add);
        return "one with " + String.join(", ", names.subList(0, Math.min(5, names.size())));
    }

    private JsonNode parse(String json) {
        try {
            return Json.mapper().readTree(json);
        } catch (JsonProcessingException e) {
            var fault = JsonFault.of(e);
            throw new BadInput(new Problem(name, "must be a line of JSON", fault.found(), fault.wayOut()), e);
        }
    }
}
