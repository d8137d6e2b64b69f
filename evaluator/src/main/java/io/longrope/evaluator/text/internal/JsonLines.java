package io.longrope.evaluator.text.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.text.Document;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A document per line of JSON, as text or as token ids; further keys of a line are left alone. */
public final class JsonLines {

    private JsonLines() {
    }

    public static List<Document> read(Path file) throws IOException {
        var documents = new ArrayList<Document>();
        int number = 0;
        for (var line : (Iterable<String>) Utf8.decode(Utf8.read(file), file.toString()).lines()::iterator) {
            number++;
            if (!line.isBlank()) {
                documents.add(document(file + ":" + number, line));
            }
        }
        return documents;
    }

    private static Document document(String name, String line) {
        var json = parse(name, line);
        var text = json.path("text");
        if (text.isTextual()) {
            return new Text(name, text.textValue());
        }
        var tokens = json.path("tokens");
        if (!tokens.isArray()) {
            throw new BadInput(name, "must be an object with a text string or a tokens list", json.getNodeType(), "");
        }
        var ids = new int[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!tokens.get(i).isInt()) {
                throw new BadInput(name, "must have token ids as tokens", tokens.get(i), "");
            }
            ids[i] = tokens.get(i).intValue();
        }
        return new Tokens(name, ids);
    }

    private static JsonNode parse(String name, String line) {
        try {
            return Json.mapper().readTree(line);
        } catch (JsonProcessingException e) {
            throw new BadInput(new Problem(name, "must be a line of JSON", e.getOriginalMessage(), ""), e);
        }
    }

    private record Text(String name, String text) implements Document {

        @Override
        public int[] tokens(Tokenizer tokenizer) {
            return tokenizer.encode(text);
        }
    }

    private record Tokens(String name, int[] ids) implements Document {

        @Override
        public int[] tokens(Tokenizer tokenizer) {
            return tokenizer.requireInVocabulary(ids, name);
        }
    }
}
