package io.longrope.progressive.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longrope.evaluator.text.StartToken;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Key;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.training.TrainingCommand;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** How values of a plan are written, by the form a key names or by the type of its component. */
final class Forms {

    /**
     * One way to write a value.
     *
     * @param one  what it is: {@code a whole number}
     * @param many what a list of them holds: {@code whole numbers}
     */
    record Form(String one, String many, Function<JsonNode, Optional<Object>> read, Function<Object, JsonNode> write) {

        private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

        static Form of(String one, String many, Function<JsonNode, Optional<?>> read) {
            return new Form(one, many, node -> read.apply(node).map(value -> value), Forms::plain);
        }

        Form list() {
            return new Form(many.startsWith("[") ? "a list such as " + many : "a list of " + many, "", node -> {
                var items = new ArrayList<>();
                node.forEach(item -> read.apply(item).ifPresent(items::add));
                return node.isArray() && items.size() == node.size() ? Optional.of(List.copyOf(items)) : Optional.empty();
            }, value -> {
                var array = NODES.arrayNode();
                ((List<?>) value).forEach(item -> array.add(write.apply(item)));
                return array;
            });
        }

        Form writtenAs(Function<Object, JsonNode> write) {
            return new Form(one, many, read, write);
        }
    }

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,79}");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final Map<String, Form> NAMED = Map.of(
            "name", Form.of("lower-case letters, digits, dots and dashes, at most 80", "names", node -> text(node)
                    .filter(text -> NAME.matcher(text).matches())),
            "length", Form.of("a length in tokens, such as 1024 or 128k", "lengths in tokens, such as [1024, 128k]", Forms::length),
            "limit", Form.of("a whole number", "whole numbers", node -> whole(node).map(limit -> limit == 0 ? Long.MAX_VALUE : limit))
                    .writtenAs(value -> NODES.numberNode(value.equals(Long.MAX_VALUE) ? 0L : (Long) value)),
            "algorithm", Form.of("one of " + String.join(", ", SearchPlan.algorithms()), "algorithms",
                    node -> text(node).filter(SearchPlan.algorithms()::contains)),
            "method", Form.of("a known method: " + String.join(", ", RopeScalings.names()),
                    "known methods: " + String.join(", ", RopeScalings.names()),
                    node -> text(node).filter(name -> isSound(() -> RopeScalings.named(name)))),
            "words", Form.of("a program with its arguments, as a list of words or in one line", "", Forms::words)
                    .writtenAs(value -> strings((List<?>) value)));

    private static final Map<Class<?>, Form> TYPED = Map.of(
            int.class, Form.of("a whole number", "whole numbers", node -> whole(node).filter(number -> number == number.intValue())
                    .map(Long::intValue)),
            long.class, Form.of("a whole number", "whole numbers", Forms::whole),
            double.class, Form.of("a number", "numbers", node -> node.isNumber() ? Optional.of(node.doubleValue()) : Optional.empty()),
            boolean.class, Form.of("true or false", "", node -> node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty()),
            String.class, Form.of("text", "texts", node -> text(node).filter(text -> !text.isBlank())),
            Duration.class, Form.of("a time such as 90s, 30m, 72h or 14d", "", node -> text(node).flatMap(TrainingCommand::parseTime))
                    .writtenAs(value -> NODES.textNode(time((Duration) value))),
            AttentionPlan.class, Form.of(AttentionPlan.FORM, "", AttentionPlan::read).writtenAs(value -> ((AttentionPlan) value).toTree()),
            SpacePlan.PairBounds.class, Form.of("", "[{pairs: [0, 9], factors: [1, 1.2]}], pairs counting from 0",
                    SpacePlan.PairBounds::read)
                    .writtenAs(value -> ((SpacePlan.PairBounds) value).toTree()),
            StartToken.class, Form.of("auto, none or a token id", "", Forms::startToken),
            StartPlan.class, Form.of(StartPlan.FORM, "", StartPlan::read).writtenAs(value -> ((StartPlan) value).toTree()));

    private static final Map<Class<?>, Class<?>> PRIMITIVES = Map.of(Integer.class, int.class, Long.class, long.class, Double.class,
            double.class, Boolean.class, boolean.class);

    private Forms() {
    }

    /** @param type of the component; what an optional holds, where it is one */
    static Form of(Type type, Key key) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class && !key.form().equals("words")) {
            return of(generic.getActualTypeArguments()[0], key).list();
        }
        if (!key.form().isEmpty()) {
            return NAMED.get(key.form());
        }
        var plain = (Class<?>) type;
        return plain.isEnum() ? choice(plain) : TYPED.get(PRIMITIVES.getOrDefault(plain, plain));
    }

    private static Form choice(Class<?> type) {
        var names = new LinkedHashMap<String, Object>();
        for (var constant : type.getEnumConstants()) {
            names.put(SectionWriter.key((Enum<?>) constant), constant);
        }
        var all = String.join(", ", names.keySet());
        return Form.of("one of " + all, all, node -> Optional.ofNullable(names.get(node.asText())));
    }

    private static JsonNode plain(Object value) {
        return value instanceof Enum<?> constant ? NODES.textNode(SectionWriter.key(constant)) : Json.mapper().valueToTree(value);
    }

    private static JsonNode strings(List<?> words) {
        var array = NODES.arrayNode();
        words.forEach(word -> array.add((String) word));
        return array;
    }

    /** As {@link TrainingCommand#parseTime} reads it. */
    static String time(Duration time) {
        return time.toSeconds() + "s";
    }

    static Optional<Integer> length(JsonNode node) {
        if (node.isIntegralNumber() && node.longValue() == 0) {
            return Optional.of(0);
        }
        var length = node.isValueNode() ? Lengths.parse(node.asText()) : OptionalInt.empty();
        return length.isPresent() ? Optional.of(length.getAsInt()) : Optional.empty();
    }

    private static Optional<StartToken> startToken(JsonNode node) {
        return text(node).filter(text -> isSound(() -> StartToken.parse(text))).map(StartToken::parse);
    }

    private static Optional<Long> whole(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? Optional.of(node.longValue()) : Optional.empty();
    }

    private static Optional<String> text(JsonNode node) {
        return node.isValueNode() && !node.isNull() ? Optional.of(node.asText()) : Optional.empty();
    }

    private static Optional<List<String>> words(JsonNode node) {
        var words = new ArrayList<String>();
        if (node.isTextual()) {
            words.addAll(List.of(node.textValue().strip().split("\\s+")));
        }
        node.forEach(word -> words.add(word.isValueNode() ? word.asText() : ""));
        return words.isEmpty() || words.contains("") ? Optional.empty() : Optional.of(List.copyOf(words));
    }

    private static boolean isSound(Supplier<?> attempt) {
        try {
            return attempt.get() != null;
        } catch (BadInput e) {
            return false;
        }
    }
}
