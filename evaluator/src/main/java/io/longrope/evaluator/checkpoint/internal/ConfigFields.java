package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Typed access to the keys of a JSON object; every complaint names file and key. A key that is null counts as missing. */
public final class ConfigFields {

    private static final long MAXIMUM_BYTES = 16L << 20;

    private final String place;
    private final ObjectNode object;

    private ConfigFields(String place, ObjectNode object) {
        this.place = place;
        this.object = object;
    }

    public static ConfigFields read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInput(file.toString(), "must be a file", Files.exists(file) ? "something else" : "missing",
                    "name a Hugging Face checkpoint directory");
        }
        try {
            long size = Files.size(file);
            if (size > MAXIMUM_BYTES) {
                throw new BadInput(file.toString(), "must be at most " + MAXIMUM_BYTES + " bytes", size, "");
            }
            return of(file.toString(), Json.mapper().readTree(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            var fault = JsonFault.of(e);
            throw new BadInput(new Problem(file + fault.place(), "must be a JSON object", fault.found(), fault.wayOut()), e);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }

    /** @param place for complaints */
    public static ConfigFields of(String place, JsonNode node) {
        if (node instanceof ObjectNode object) {
            return new ConfigFields(place, object);
        }
        var found = node == null || node.isMissingNode() ? "empty" : node.getNodeType().toString().toLowerCase(Locale.ROOT);
        throw new BadInput(place, "must be a JSON object", found, "");
    }

    public String text(String key) {
        return optionalText(key).orElseThrow(() -> missing(key));
    }

    public Optional<String> optionalText(String key) {
        return node(key).map(node -> {
            check(node.isTextual(), key, "must be a string", node);
            return node.textValue();
        });
    }

    public int integer(String key) {
        return optionalInteger(key).orElseThrow(() -> missing(key));
    }

    public OptionalInt optionalInteger(String key) {
        var node = node(key);
        if (node.isEmpty()) {
            return OptionalInt.empty();
        }
        check(node.get().isIntegralNumber() && node.get().canConvertToInt(), key, "must be a whole number below 2^31", node.get());
        return OptionalInt.of(node.get().intValue());
    }

    /** A token id; of a list of ids the first. */
    public OptionalInt tokenId(String key) {
        var node = node(key).map(found -> found.isArray() && !found.isEmpty() ? found.get(0) : found);
        if (node.isEmpty()) {
            return OptionalInt.empty();
        }
        check(node.get().isInt(), key, "must be a token id", node.get());
        return OptionalInt.of(node.get().intValue());
    }

    public double number(String key) {
        return optionalNumber(key).orElseThrow(() -> missing(key));
    }

    public OptionalDouble optionalNumber(String key) {
        var node = node(key);
        if (node.isEmpty()) {
            return OptionalDouble.empty();
        }
        check(node.get().isNumber(), key, "must be a number", node.get());
        return OptionalDouble.of(node.get().doubleValue());
    }

    public Optional<Boolean> optionalFlag(String key) {
        return node(key).map(node -> {
            check(node.isBoolean(), key, "must be true or false", node);
            return node.booleanValue();
        });
    }

    /** A list of strings; empty when it is not given. */
    public List<String> texts(String key) {
        var texts = new ArrayList<String>();
        node(key).ifPresent(list -> {
            check(list.isArray(), key, "must be a list of strings", list);
            list.forEach(text -> {
                check(text.isTextual(), key, "must be a list of strings", list);
                texts.add(text.textValue());
            });
        });
        return texts;
    }

    public Optional<ConfigFields> object(String key) {
        return node(key).map(node -> {
            check(node.isObject(), key, "must be an object", node);
            return new ConfigFields(name(key), (ObjectNode) node);
        });
    }

    /** The object itself. */
    public ObjectNode json() {
        return object;
    }

    public Optional<JsonNode> node(String key) {
        return Optional.ofNullable(object.get(key)).filter(node -> !node.isNull());
    }

    /** True also of a key that is null. */
    public boolean has(String key) {
        return object.has(key);
    }

    public Iterable<String> keys() {
        return object::fieldNames;
    }

    public String name(String key) {
        return place + ": " + key;
    }

    public void check(boolean holds, String key, String rule, Object found) {
        if (!holds) {
            throw new BadInput(name(key), rule, found, "");
        }
    }

    private BadInput missing(String key) {
        return new BadInput(name(key), "must be given", "missing", "");
    }
}
