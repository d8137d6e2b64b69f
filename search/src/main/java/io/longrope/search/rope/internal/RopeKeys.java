package io.longrope.search.rope.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Typed access to the keys of one JSON object. Unlike most readers it keeps a key that is null apart from one that is
 * missing, because transformers does: a missing key gets a default, a null mostly ends with an error.
 *
 * @param place what complaints begin with
 */
public record RopeKeys(String place, ObjectNode json) {

    public static RopeKeys empty(String place) {
        return new RopeKeys(place, JsonNodeFactory.instance.objectNode());
    }

    public boolean has(String key) {
        return json.has(key);
    }

    public boolean isNull(String key) {
        return json.has(key) && json.get(key).isNull();
    }

    public boolean isEmpty() {
        return json.isEmpty();
    }

    public List<String> names() {
        var names = new ArrayList<String>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The text of a value, for messages. */
    public String shown(String key) {
        return String.valueOf(json.get(key));
    }

    public String name(String key) {
        return place + key;
    }

    /** An object below this one; empty when it is missing or null. */
    public Optional<RopeKeys> object(String key) {
        if (!has(key) || isNull(key)) {
            return Optional.empty();
        }
        Require.that(json.get(key) instanceof ObjectNode, name(key), "must be an object", json.get(key));
        return Optional.of(new RopeKeys(name(key) + ".", (ObjectNode) json.get(key)));
    }

    /** Empty when the key is missing. */
    public Optional<String> text(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        Require.that(json.get(key).isTextual(), name(key), "must be a string", json.get(key));
        return Optional.of(json.get(key).textValue());
    }

    /** Empty when the key is missing; a null is an error. */
    public OptionalDouble number(String key) {
        if (!has(key)) {
            return OptionalDouble.empty();
        }
        var value = json.get(key);
        Require.that(value.isNumber() && Double.isFinite(value.doubleValue()), name(key), "must be a finite number", value);
        return OptionalDouble.of(value.doubleValue());
    }

    /** Empty when the key is missing or null. */
    public OptionalDouble numberOrNull(String key) {
        return isNull(key) ? OptionalDouble.empty() : number(key);
    }

    /** Empty when the key is missing; a null is an error. */
    public OptionalInt length(String key) {
        if (!has(key)) {
            return OptionalInt.empty();
        }
        var value = json.get(key);
        // 4096.0 is how some tools write 4096
        boolean whole = value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue())
                && value.doubleValue() >= 1 && value.doubleValue() <= Integer.MAX_VALUE;
        Require.that(whole, name(key), "must be a whole number of at least 1", value);
        return OptionalInt.of((int) value.doubleValue());
    }

    /** The first of the names that is given; two that say different things are an error, since no code reads both. */
    public OptionalDouble numberNamed(List<String> names) {
        var found = OptionalDouble.empty();
        var as = "";
        for (var name : names) {
            var value = number(name);
            Require.that(value.isEmpty() || found.isEmpty() || value.getAsDouble() == found.getAsDouble(), name(name),
                    "must be what " + as + " is, " + found.orElse(0), value.orElse(0));
            if (value.isPresent() && found.isEmpty()) {
                found = value;
                as = name;
            }
        }
        return found;
    }

    /** The first of the names that is given; a head_dim that is null is none. */
    public OptionalInt lengthNamed(List<String> names) {
        return names.stream().filter(name -> has(name) && !(name.equals("head_dim") && isNull(name)))
                .map(this::length).findFirst().orElse(OptionalInt.empty());
    }

    /** Numbers greater than 0. */
    public List<Double> factors(String key) {
        var list = json.path(key);
        Require.that(list.isArray() && !list.isEmpty(), name(key), "must be a list of numbers greater than 0", has(key) ? list : "missing");
        var factors = new ArrayList<Double>();
        for (JsonNode factor : list) {
            Require.that(factor.isNumber() && factor.doubleValue() > 0 && Double.isFinite(factor.doubleValue()),
                    name(key) + "[" + factors.size() + "]", "must be a finite number greater than 0", factor);
            factors.add(factor.doubleValue());
        }
        return List.copyOf(factors);
    }

    public BadInput missing(String key, String what) {
        return new BadInput(name(key), "must be given, " + what, "missing", "");
    }
}
