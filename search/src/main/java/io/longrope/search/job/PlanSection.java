package io.longrope.search.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Suggestion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * One mapping of a plan while it is read. A value that breaks its rule is noted as a problem and its fallback returned,
 * so that reading goes on and one attempt shows every problem.
 */
final class PlanSection {

    private final JsonNode node;
    private final String path;
    private final List<Problem> problems;
    private final Set<String> known = new LinkedHashSet<>();

    PlanSection(JsonNode node, String path, List<Problem> problems) {
        this.node = node.isObject() ? node : JsonNodeFactory.instance.objectNode();
        this.path = path;
        this.problems = problems;
        if (!node.isObject() && !node.isNull() && !node.isMissingNode()) {
            problems.add(new Problem(path.isEmpty() ? "plan" : path, "must be a mapping of keys to values", shown(node), ""));
        }
    }

    String path() {
        return path;
    }

    /** What is under a key, as it is. */
    JsonNode node(String key) {
        known.add(key);
        return node.path(key);
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    boolean has(String key) {
        known.add(key);
        return node.hasNonNull(key);
    }

    boolean isZero(String key) {
        return node.path(key).isIntegralNumber() && node.path(key).longValue() == 0;
    }

    PlanSection section(String key) {
        known.add(key);
        return new PlanSection(node.path(key), path(key), problems);
    }

    /** The items of a list; none when the key is missing or no list, which is a problem. */
    Map<String, JsonNode> items(String key) {
        known.add(key);
        var items = new LinkedHashMap<String, JsonNode>();
        var list = node.path(key);
        if (!list.isArray() || list.isEmpty()) {
            problem(key, "must be a list of at least one item", list, "");
            return items;
        }
        for (int i = 0; i < list.size(); i++) {
            items.put(path(key) + "[" + i + "]", list.get(i));
        }
        return items;
    }

    String text(String key) {
        return value(key, null, "must be text", value -> value.isValueNode() && !value.asText().isBlank() ? Optional.of(value.asText()) : Optional.empty());
    }

    String text(String key, String fallback) {
        return has(key) ? text(key) : fallback;
    }

    boolean flag(String key, boolean fallback) {
        return value(key, fallback, "must be true or false", value -> value.isBoolean() ? Optional.of(value.booleanValue()) : Optional.empty());
    }

    long whole(String key, Long fallback, long minimum, long maximum) {
        var rule = wholeRule(minimum, maximum);
        Long found = value(key, fallback, rule,
                value -> value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= minimum && value.longValue() <= maximum
                        ? Optional.of(value.longValue())
                        : Optional.empty());
        return found == null ? minimum : found;
    }

    int count(String key, Integer fallback, int minimum) {
        return (int) whole(key, fallback == null ? null : (long) fallback, minimum, Integer.MAX_VALUE);
    }

    /** A finite number above the minimum, or equal to it where the minimum is included. */
    double number(String key, Double fallback, double minimum, boolean included, double maximum) {
        var rule = "must be a number " + (included ? "of at least " : "above ") + minimum + (maximum < Double.MAX_VALUE ? " and at most " + maximum : "");
        Double found = value(key, fallback, rule, value -> {
            double number = value.isNumber() ? value.doubleValue() : Double.NaN;
            return (included ? number >= minimum : number > minimum) && number <= maximum ? Optional.of(number) : Optional.empty();
        });
        return found == null ? Math.max(minimum, Double.MIN_NORMAL) : found;
    }

    int length(String key, Integer fallback) {
        Integer found = value(key, fallback, "must be a length in tokens, such as 1024 or 128k", PlanSection::length);
        return found == null ? 0 : found;
    }

    List<Integer> lengths(String key, List<Integer> fallback) {
        return list(key, fallback, "must be a list of lengths in tokens, such as [1024, 128k]", PlanSection::length);
    }

    <T> List<T> list(String key, List<T> fallback, String rule, Function<JsonNode, Optional<T>> read) {
        var found = value(key, fallback, rule, value -> {
            var items = new ArrayList<T>();
            value.forEach(item -> read.apply(item).ifPresent(items::add));
            return value.isArray() && !value.isEmpty() && items.size() == value.size() ? Optional.of(List.copyOf(items)) : Optional.empty();
        });
        return found == null ? List.of() : found;
    }

    <E extends Enum<E>> E choice(String key, E fallback, Class<E> type) {
        var names = new LinkedHashMap<String, E>();
        for (E constant : type.getEnumConstants()) {
            names.put(PlanWriter.key(constant), constant);
        }
        return value(key, fallback, "must be one of " + String.join(", ", names.keySet()), value -> Optional.ofNullable(names.get(value.asText())));
    }

    /** The value under a key; the fallback where it is missing; null, and a problem, where it is required or breaks its rule. */
    <T> T value(String key, T fallback, String rule, Function<JsonNode, Optional<T>> read) {
        if (!has(key)) {
            if (fallback == null) {
                problems.add(new Problem(path(key), rule, "missing", ""));
            }
            return fallback;
        }
        var value = read.apply(node.get(key));
        if (value.isEmpty()) {
            problem(key, rule, node.get(key), "");
            return fallback;
        }
        return value.get();
    }

    void problem(String key, String rule, Object found, String wayOut) {
        var text = found instanceof JsonNode json ? shown(json) : String.valueOf(found);
        problems.add(new Problem(path(key), rule, text, wayOut));
    }

    /** Notes every key nobody asked for, with the nearest one that exists. */
    void refuseUnknown() {
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                problems.add(new Problem(path(key), "must be a key of a plan here", "unknown", Suggestion.forName(key, known)));
            }
        });
    }

    private static String wholeRule(long minimum, long maximum) {
        if (minimum == maximum) {
            return "must be " + minimum;
        }
        return minimum == Long.MIN_VALUE ? "must be a whole number" : "must be a whole number of at least " + minimum;
    }

    private static Optional<Integer> length(JsonNode value) {
        var length = value.isValueNode() ? Lengths.parse(value.asText()) : OptionalInt.empty();
        return length.isPresent() ? Optional.of(length.getAsInt()) : Optional.empty();
    }

    private static String shown(JsonNode found) {
        if (found.isMissingNode() || found.isNull()) {
            return "missing";
        }
        var text = found.isTextual() ? "'" + found.textValue() + "'" : found.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
