package io.longrope.search.rope;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** A method as people write it, {@code yarn:factor=8,beta-fast=128}: its name and its parameters, each of which must be asked for. */
public final class MethodParameters {

    private final String source;
    private final String name;
    private final Map<String, String> values;
    private final TreeSet<String> known = new TreeSet<>();

    private MethodParameters(String source, String name, Map<String, String> values) {
        this.source = source;
        this.name = name;
        this.values = values;
    }

    /**
     * @param text a name, and after a colon {@code key=value} parameters, separated by commas
     * @throws BadInput when it has another form
     */
    public static MethodParameters parse(String text) {
        var values = new LinkedHashMap<String, String>();
        int colon = text.indexOf(':');
        var parameters = colon < 0 ? "" : text.substring(colon + 1);
        for (var option : parameters.isEmpty() ? new String[0] : parameters.split(",", -1)) {
            int equals = option.indexOf('=');
            Require.that(equals > 0, "method " + text, "must have parameters of the form key=value", option);
            var key = option.substring(0, equals).strip().replace('_', '-');
            Require.that(values.put(key, option.substring(equals + 1).strip()) == null, "method " + text,
                    "must give each parameter once", key);
        }
        return new MethodParameters(text, colon < 0 ? text : text.substring(0, colon), values);
    }

    /** What stands before the colon. */
    public String name() {
        return name;
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

    /** @throws BadInput when it is given and no whole number */
    public int whole(String key, int otherwise) {
        double value = number(key, otherwise);
        Require.that(value == Math.rint(value) && Math.abs(value) <= Integer.MAX_VALUE, key, "must be a whole number", value);
        return (int) value;
    }

    /** @throws BadInput when a parameter was given that the method did not ask for */
    public void requireAllUsed() {
        for (var key : values.keySet()) {
            Require.that(known.contains(key), "method " + source, "must have known parameters only", key,
                    known.isEmpty() ? "the method has none" : Suggestion.forName(key, known));
        }
    }
}
