package io.longrope.search.table.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Suggestion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** JSON from and to files, with every complaint naming file and key. */
public final class JsonFiles {

    private static final long LARGEST = 64L << 20;

    private JsonFiles() {
    }

    public static ObjectNode read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new BadInput(file.toString(), "must be a file", Files.exists(file) ? "something else" : "missing", "");
        }
        if (Files.size(file) > LARGEST) {
            throw new BadInput(file.toString(), "must be at most 64 MiB to be a table", Plural.of(Files.size(file), "byte"), "");
        }
        JsonNode json;
        try {
            json = Json.mapper().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            var fault = JsonFault.of(e);
            throw new BadInput(new Problem(file + fault.place(), "must be valid JSON", fault.found(), fault.wayOut()), e);
        }
        if (!(json instanceof ObjectNode object)) {
            throw new BadInput(file.toString(), "must hold a JSON object", json.getNodeType().toString().toLowerCase(Locale.ROOT), "");
        }
        return object;
    }

    /** Binds strictly; what a constructor refuses is reported under its key. */
    public static <T> T bind(Path file, JsonNode json, Class<T> type) {
        try {
            return Json.mapper().treeToValue(json, type);
        } catch (JsonMappingException e) {
            var key = key(e);
            if (e.getCause() instanceof BadInput refused) {
                throw named(refused, name -> file + ": " + join(key, name));
            }
            throw new BadInput(problem(file + ": " + (key.isEmpty() ? "table" : key), e), e);
        } catch (JsonProcessingException e) {
            throw new BadInput(new Problem(file.toString(), "must follow the schema", JsonFault.of(e).found(), ""), e);
        }
    }

    private static Problem problem(String name, JsonMappingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            var known = unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
            return new Problem(name, "must be a known key", unknown.getPropertyName(),
                    Suggestion.forName(unknown.getPropertyName(), known));
        }
        if (JsonFault.isMissing(e)) {
            return new Problem(name, "must be given", "missing", "");
        }
        return new Problem(name, "must follow the schema", JsonFault.of(e).found(), "");
    }

    /** The same complaint with the file in front of its key. */
    public static BadInput in(Path file, BadInput refused) {
        return named(refused, name -> file + ": " + name);
    }

    private static BadInput named(BadInput refused, UnaryOperator<String> naming) {
        return new BadInput(refused.problems().stream()
                .map(problem -> new Problem(naming.apply(problem.name()), problem.rule(), problem.found(), problem.wayOut()))
                .toList());
    }

    public static String pretty(JsonNode json) {
        try {
            return Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static String key(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining()).replaceFirst("^\\.", "");
    }

    private static String join(String key, String name) {
        return key.isEmpty() ? name : key.endsWith(name) ? key : key + "." + name;
    }
}
