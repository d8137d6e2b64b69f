package io.longrope.evaluator.decoder;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.MethodParameters;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** The attention methods by name, optionally with parameters: {@code rerope}, {@code sinks:count=4,window=252}. */
public final class Attentions {

    private static final int USUAL_SINKS = 4;

    private static final List<Method> METHODS = List.of(
            new Method("window", "the last positions only (window)", (options, length) ->
                    new Attention.LastPositions(options.whole("window", length))),
            new Method("sinks", "StreamingLLM: the first positions and the last, as in a cache of these (count, window)",
            (options, length) -> {
                int count = options.whole("count", USUAL_SINKS);
                return new Attention.Sinks(count, options.whole("window", Math.max(1, length - count)));
            }),
            new Method("rerope", "ReRoPE: no distance beyond a window, log-n query scaling (window, log-n)", (options, length) ->
                    new Attention.ReRope(options.whole("window", Math.max(1, length / 2)), logN(options))),
            new Method("leaky-rerope", "Leaky ReRoPE: distances beyond a window divided by a factor (window, factor, log-n)",
            (options, length) ->
                    new Attention.ReRope(options.whole("window", Math.max(1, length / 2)), options.has("factor")
                            ? OptionalDouble.of(options.number("factor", 1)) : OptionalDouble.empty(), logN(options))));

    private Attentions() {
    }

    /**
     * @param text    a name, and after a colon {@code key=value} parameters
     * @param trained tokens the model was trained with, which windows follow where none is given
     * @throws BadInput when the name, a parameter or its value is unknown
     */
    public static Attention named(String text, int trained) {
        var options = MethodParameters.parse(text);
        var name = options.name();
        var method = METHODS.stream().filter(known -> known.name.equals(name)).findFirst().orElseThrow(() -> new BadInput(
                "method", "must be a known kind of attention", name, Suggestion.forName(name, names())));
        var attention = method.maker.apply(options, trained);
        options.requireAllUsed();
        return attention;
    }

    public static List<String> names() {
        return METHODS.stream().map(Method::name).toList();
    }

    /** One line per method for help texts: name and what it is, with its parameters in parentheses. */
    public static Map<String, String> descriptions() {
        return METHODS.stream().collect(Collectors.toMap(Method::name, Method::description, (a, b) -> a, LinkedHashMap::new));
    }

    private static QueryScaling logN(MethodParameters options) {
        int value = options.whole("log-n", 1);
        Require.that(value == 0 || value == 1, "log-n", "must be 0 or 1", value);
        return value == 1 ? QueryScaling.LOG_N : QueryScaling.NONE;
    }

    private record Method(String name, String description, BiFunction<MethodParameters, Integer, Attention> maker) {
    }
}
