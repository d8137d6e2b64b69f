package io.longrope.progressive.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Suggestion;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads sections into the records whose components carry their keys. Whatever breaks its rule is noted as a problem, and reading
 * goes on, so that one attempt shows every problem; the record is made when none was found.
 */
public final class SectionReader {

    private final Collection<Problem> problems;

    /** @param problems every problem found is added to them */
    public SectionReader(Collection<Problem> problems) {
        this.problems = problems;
    }

    /**
     * @param node     the section; missing is read as empty
     * @param path     of the section, for problems; empty at the top
     * @param besides  names that are known here and read elsewhere
     * @return empty when anything in it is wrong, which is a problem noted
     */
    public <R> Optional<R> read(Class<R> type, JsonNode node, String path, List<String> besides) {
        if (!node.isObject() && !node.isNull() && !node.isMissingNode()) {
            problems.add(new Problem(path.isEmpty() ? "plan" : path, "must be a mapping of keys to values", shown(node), ""));
            return Optional.empty();
        }
        var known = new ArrayList<>(besides);
        names(type, known);
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                problems.add(new Problem(path(path, key), "must be a key of a plan here", "unknown", Suggestion.forName(key, known)));
            }
        });
        return section(type, node, path);
    }

    private <R> Optional<R> section(Class<R> type, JsonNode node, String path) {
        var values = new ArrayList<>();
        boolean complete = true;
        var rules = KeyRule.of(type).stream().collect(Collectors.toMap(rule -> rule.component().getName(), rule -> rule));
        for (var component : type.getRecordComponents()) {
            var rule = rules.get(component.getName());
            if (rule == null) {
                // what carries no key is not for people to set, and begins at 0, or as nothing
                values.add(Array.get(Array.newInstance(component.getType(), 1), 0));
                continue;
            }
            var value = value(rule, node, path);
            complete &= value.isPresent();
            values.add(value.orElse(null));
        }
        return complete ? made(type, values.toArray(), path) : Optional.empty();
    }

    private Optional<Object> value(KeyRule rule, JsonNode node, String path) {
        if (rule.key().flat()) {
            return section(rule.component().getType(), node, path).map(section -> section);
        }
        boolean optional = rule.component().getType() == Optional.class;
        var name = path(path, rule.name());
        if (optional && !node.hasNonNull(rule.name())) {
            return Optional.of(Optional.empty());
        }
        var type = valueType(rule);
        var found = node.path(rule.name());
        var value = isSection(type) ? read((Class<?>) type, found, name, List.of()).<Object>map(section -> section)
                : kinds(type).isPresent() ? items(kinds(type).get(), found, name)
                : single(rule, type, found, name);
        return optional ? value.map(Optional::of) : value;
    }

    private Optional<Object> single(KeyRule rule, Type type, JsonNode given, String name) {
        boolean missing = given.isMissingNode() || given.isNull();
        var node = missing ? byDefault(rule) : given;
        if (node.isMissingNode() && rule.key().byDefault().startsWith("=")) {
            // what it follows from is wrong, and was told
            return Optional.empty();
        }
        var form = Forms.of(type, rule.key());
        var value = node.isMissingNode() ? Optional.empty() : form.read().apply(node).filter(rule::accepts);
        if (value.isEmpty()) {
            problems.add(new Problem(name, "must be " + described(form, rule), shown(given), ""));
        }
        return value.map(one -> one);
    }

    /** What may stand there: {@code a whole number of at least 1}. */
    static String described(Forms.Form form, KeyRule rule) {
        boolean ofLengths = rule.key().form().equals("length");
        return rule.range().isEmpty() || ofLengths ? form.one() : form.one() + (rule.range().startsWith("at") ? " of " : " ")
                + rule.range();
    }

    /** The default as a tree; missing where there is none, or where it follows from other keys. */
    static JsonNode byDefault(KeyRule rule) {
        var text = rule.key().byDefault();
        try {
            return text.isEmpty() || text.startsWith("=") ? MissingNode.getInstance() : PlanReader.YAML.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the default of " + rule.name() + " must be YAML", e);
        }
    }

    /** A list of sections, each under the one key that says its kind. */
    private Optional<Object> items(Map<String, Class<?>> kinds, JsonNode list, String path) {
        if (!list.isArray() || list.isEmpty()) {
            problems.add(new Problem(path, "must be a list of at least one item", shown(list), ""));
            return Optional.empty();
        }
        var items = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            var item = list.get(i);
            var kind = item.isObject() && item.size() == 1 ? item.fieldNames().next() : "";
            if (kinds.containsKey(kind)) {
                read(kinds.get(kind), item.get(kind), path + "[" + i + "]." + kind, List.of()).ifPresent(items::add);
            } else {
                var found = kind.isEmpty() ? item.getNodeType().name().toLowerCase(Locale.ROOT) + " of "
                        + Plural.of(item.size(), "key") : kind;
                problems.add(new Problem(path + "[" + i + "]", "must have one key of " + String.join(", ", kinds.keySet()), found,
                        kind.isEmpty() ? "" : Suggestion.forName(kind, kinds.keySet())));
            }
        }
        return items.size() == list.size() ? Optional.of(items) : Optional.empty();
    }

    /** What a record finds wrong with values that are right by themselves is told under the key it names. */
    private <R> Optional<R> made(Class<R> type, Object[] values, String path) {
        try {
            var constructor = type.getDeclaredConstructor(Arrays.stream(type.getRecordComponents()).map(component -> component.getType())
                    .toArray(Class[]::new));
            constructor.setAccessible(true);
            return Optional.of(constructor.newInstance(values));
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof BadInput bad)) {
                throw new IllegalStateException("values that fit their keys must make a " + type.getSimpleName(), e.getCause());
            }
            bad.problems().forEach(problem -> problems.add(new Problem(path(path, problem.name().replaceFirst("^(search|space)\\.", "")),
                    problem.rule(), problem.found(), problem.wayOut())));
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record has a constructor of all its components", e);
        }
    }

    private static void names(Class<?> type, List<String> names) {
        for (var rule : KeyRule.of(type)) {
            if (rule.key().flat()) {
                names(rule.component().getType(), names);
            } else {
                names.add(rule.name());
            }
        }
    }

    /** The type of a component; of an optional one, what it holds. */
    static Type valueType(KeyRule rule) {
        var type = rule.component().getGenericType();
        return rule.component().getType() == Optional.class ? ((ParameterizedType) type).getActualTypeArguments()[0] : type;
    }

    /** True for a record with keys of its own. */
    static boolean isSection(Type type) {
        return type instanceof Class<?> plain && plain.isRecord() && !KeyRule.of(plain).isEmpty();
    }

    /** For a list of items of several kinds: the record of each kind, by its name. */
    static Optional<Map<String, Class<?>>> kinds(Type type) {
        if (!(type instanceof ParameterizedType list) || !(list.getActualTypeArguments()[0] instanceof Class<?> item) || !item.isSealed()) {
            return Optional.empty();
        }
        var kinds = new LinkedHashMap<String, Class<?>>();
        for (var kind : item.getPermittedSubclasses()) {
            kinds.put(StagePlan.kind(kind), kind);
        }
        return Optional.of(kinds);
    }

    private static String path(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String shown(JsonNode found) {
        if (found.isMissingNode() || found.isNull()) {
            return "missing";
        }
        var text = found.isTextual() ? "'" + found.textValue() + "'" : found.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
