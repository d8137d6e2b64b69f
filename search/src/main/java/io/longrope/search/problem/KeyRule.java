package io.longrope.search.problem;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What holds for one component of a record that carries a {@link Key}.
 *
 * @param component where the key stands
 * @param key       what it says
 */
public record KeyRule(RecordComponent component, Key key) {

    /** The keys of a record in their order; components without one are left out. */
    public static List<KeyRule> of(Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).filter(component -> component.isAnnotationPresent(Key.class))
                .map(component -> new KeyRule(component, component.getAnnotation(Key.class))).toList();
    }

    /**
     * For the constructor of a record: its values against the ranges of their keys.
     *
     * @param values of all components that carry a key, in their order
     * @throws BadInput with every value out of range
     */
    public static void require(Class<? extends Record> type, Object... values) {
        var rules = of(type);
        if (rules.size() != values.length) {
            throw new IllegalArgumentException(type.getSimpleName() + " has " + Plural.of(rules.size(), "key") + ", not " + values.length);
        }
        var problems = new ArrayList<Problem>();
        for (int i = 0; i < values.length; i++) {
            var rule = rules.get(i);
            if (values[i] == null) {
                problems.add(new Problem(rule.name(), "must be given", "missing", ""));
            } else if (!rule.accepts(values[i])) {
                problems.add(new Problem(rule.name(), "must be " + rule.range(), String.valueOf(values[i]), ""));
            }
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }

    /** As people write it. */
    public String name() {
        return key.name().isEmpty() ? dashed(component.getName()) : key.name();
    }

    /** {@code trainLength} and {@code TrainLength} as {@code train-length}. */
    public static String dashed(String name) {
        return name.replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** True for what is no number; for a list, each of its numbers counts; what is left out is in range. */
    public boolean accepts(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.isEmpty() || accepts(optional.get());
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(this::accepts);
        }
        return !(value instanceof Number number) || accepts(number.doubleValue());
    }

    private boolean accepts(double number) {
        return Double.isFinite(number) && number >= key.atLeast() && number > key.above() && number <= key.atMost() && number < key.below();
    }

    /** {@code above 0 and at most 1}; empty where every number will do. */
    public String range() {
        var ends = new ArrayList<String>();
        end(ends, "at least ", key.atLeast());
        end(ends, "above ", key.above());
        end(ends, "at most ", key.atMost());
        end(ends, "below ", key.below());
        return String.join(" and ", ends);
    }

    private static void end(List<String> ends, String words, double number) {
        if (Double.isFinite(number)) {
            ends.add(words + (number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number)));
        }
    }
}
