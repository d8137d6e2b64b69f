package io.longrope.search.rope.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** The {@code key=value,key=value} part of a method's text; every key must be asked for by the method. */
public final class Options {

    private final String source;
    private final Map<String, String> values;
    private final TreeSet<String> known = new TreeSet<>();

    private Options(String source, Map<String, String> values) {
        this.source = source;
        this.values = values;
    }

    /** @param source the whole text, for messages */
    public static Options parse(String source, String text) {
        var values = new LinkedHashMap<String, String>();
        for (var option : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int equals = option.indexOf('=');
            Require.that(equals > 0, "method " + source, "must have parameters of the form key=value", option);
            var key = option.substring(0, equals).strip().replace('_', '-');
            Require.that(values.put(key, option.substring(equals + 1).strip()) == null, "method " + source,
                    "must give each parameter once", key);
        }
        return new Options(source, values);
    }

    public boolean has(String key) {
        known.add(key);
        return values.containsKey(key);
    }

    public double number(String key, double otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        try {
            return Double.parseDouble(values.get(key));
        } catch (NumberFormatException e) {
            throw new BadInput("method " + source, key + " must be a number", values.get(key), "");
        }
    }

    public void requireAllUsed() {
        for (var key : values.keySet()) {
            Require.that(known.contains(key), "method " + source, "must have known parameters only", key,
                    known.isEmpty() ? "the method has none" : Suggestion.forName(key, known));
        }
    }
}
