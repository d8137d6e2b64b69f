package io.longrope.progressive.plan;

import io.longrope.search.problem.KeyRule;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A key for people, whatever surface it is given on.
 *
 * @param path      its name, after those of the sections it stands in
 * @param sentence  what it means
 * @param value     what may stand there
 * @param byDefault the value where none is given, or in words what it follows from; empty where there is none
 * @param type      of the value; of an optional one, what it holds
 * @param required  true when it must be given wherever its section is
 */
public record KeyDescription(List<String> path, String sentence, String value, Optional<String> byDefault, Type type, boolean required) {

    /** The keys of a section that are values, those of sections in it after their names. */
    public static List<KeyDescription> of(Class<?> section) {
        var keys = new ArrayList<KeyDescription>();
        collect(section, List.of(), false, keys);
        return keys;
    }

    static KeyDescription of(KeyRule rule, List<String> section, boolean mayBeLeftOut) {
        var type = SectionReader.valueType(rule);
        var path = new ArrayList<>(section);
        path.add(rule.name());
        var byDefault = Optional.of(rule.key().byDefault()).filter(text -> !text.isEmpty());
        boolean optional = mayBeLeftOut || rule.component().getType() == Optional.class;
        return new KeyDescription(List.copyOf(path), rule.key().value(), value(rule, type),
                byDefault.map(text -> text.replaceFirst("^= *", "")), type,
                byDefault.isEmpty() && !optional && !SectionReader.isSection(type));
    }

    private static void collect(Class<?> section, List<String> path, boolean mayBeLeftOut, List<KeyDescription> keys) {
        for (var rule : KeyRule.of(section)) {
            var type = SectionReader.valueType(rule);
            if (rule.key().flat()) {
                collect(rule.component().getType(), path, mayBeLeftOut, keys);
            } else if (SectionReader.isSection(type)) {
                var below = new ArrayList<>(path);
                below.add(rule.name());
                collect((Class<?>) type, below, mayBeLeftOut || rule.component().getType() == Optional.class, keys);
            } else {
                keys.add(of(rule, path, mayBeLeftOut));
            }
        }
    }

    private static String value(KeyRule rule, Type type) {
        var kinds = SectionReader.kinds(type);
        if (kinds.isPresent()) {
            return "a list of " + String.join(", ", kinds.get().keySet());
        }
        return SectionReader.isSection(type) ? "keys of its own" : SectionReader.described(Forms.of(type, rule.key()), rule);
    }

    /** As an option: {@code --lora-rank}. */
    public String option() {
        return "--" + path.stream().collect(Collectors.joining("-"));
    }

    /** True for a switch. */
    public boolean isFlag() {
        return type == boolean.class;
    }

    public boolean isList() {
        return type instanceof ParameterizedType;
    }
}
