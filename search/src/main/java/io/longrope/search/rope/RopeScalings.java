package io.longrope.search.rope;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Suggestion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The known methods by name, optionally with parameters: {@code yarn}, {@code yarn:factor=8,beta-fast=128}. */
public final class RopeScalings {

    private static final List<Method> METHODS = List.of(
            new Method("original", "positions as trained", options -> new OriginalRope()),
            new Method("pi", "Position Interpolation, also called linear (factor)",
                    options -> new PositionInterpolation(extension(options))),
            new Method("ntk", "NTK-aware base change (factor)", options -> new NtkAware(extension(options))),
            new Method("dynamic-ntk", "NTK-aware by sequence length (factor)", options -> new DynamicNtk(extension(options))),
            new Method("ntk-mixed", "Su's mixed-radix NTK with log-n query scaling (factor, exponent)",
                    options -> new NtkMixed(extension(options), options.number("exponent", 0.75))),
            new Method("yarn", "NTK by parts with a temperature (factor, beta-fast, beta-slow; UltraLong: beta-fast=4)",
                    options -> new Yarn(extension(options), options.number("beta-fast", 32), options.number("beta-slow", 1))),
            new Method("llama3", "Llama 3.1 scaling (factor, low, high)",
                    options -> new Llama3(extension(options), options.number("low", 1), options.number("high", 4))),
            new Method("power", "Giraffe power basis (exponent)", options -> new PowerScaling(options.number("exponent", 0.5))),
            new Method("truncated", "Giraffe truncated basis", options -> new TruncatedBasis()),
            new Method("cope", "CoPE, the slowest pairs slowed down softly to a stop (pairs)", options -> new Cope(options.has("pairs")
                    ? OptionalInt.of(options.whole("pairs", 0)) : OptionalInt.empty())),
            new Method("proportional", "p-RoPE, the slowest pairs do not turn (share of those that do, factor)",
                    options -> new ProportionalRope(options.number("share", 0.75), options.number("factor", 1))));

    private static final Map<String, String> OTHER_NAMES = Map.of("linear", "pi", "none", "original", "rope", "original",
            "dynamic", "dynamic-ntk");

    private RopeScalings() {
    }

    /**
     * @param text a name, and after a colon {@code key=value} parameters; {@code factor} fixes the stretch, which
     *             otherwise follows the length
     * @throws BadInput when the name, a parameter or its value is unknown
     */
    public static RopeScaling named(String text) {
        var options = MethodParameters.parse(text);
        var method = method(OTHER_NAMES.getOrDefault(options.name(), options.name()));
        var scaling = method.maker.apply(options);
        options.requireAllUsed();
        return scaling;
    }

    /** @param name without parameters */
    public static boolean isKnown(String name) {
        return names().contains(name) || OTHER_NAMES.containsKey(name);
    }

    /** In the order of the papers. */
    public static List<String> names() {
        return METHODS.stream().map(Method::name).toList();
    }

    /** One line per method for help texts: name and what it is, with its parameters in parentheses. */
    public static Map<String, String> descriptions() {
        return METHODS.stream().collect(Collectors.toMap(Method::name, Method::description, (a, b) -> a, LinkedHashMap::new));
    }

    private static Method method(String name) {
        return METHODS.stream().filter(method -> method.name.equals(name)).findFirst().orElseThrow(() -> new BadInput(
                "method", "must be a known way to scale RoPE", name,
                Suggestion.forName(name, Stream.concat(names().stream(), OTHER_NAMES.keySet().stream().sorted()).toList())));
    }

    private static Extension extension(MethodParameters options) {
        return options.has("factor") ? Extension.fixed(options.number("factor", 1)) : Extension.toLength();
    }

    private record Method(String name, String description, Function<MethodParameters, RopeScaling> maker) {
    }
}
