package io.longrope.progressive.cli.internal;

import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Suggestion;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A value of an option that is not of its kind, in the words all other problems have; picocli itself speaks of ints and doubles. */
final class WrongValue {

    private WrongValue() {
    }

    /** Empty where something else is wrong with the arguments. */
    static Optional<Problem> of(ParameterException exception) {
        var argument = exception.getArgSpec();
        var value = exception.getValue();
        if (argument == null || value == null || !exception.getMessage().startsWith("Invalid value for")) {
            return Optional.empty();
        }
        var type = type(argument);
        var name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        if (type.isEnum()) {
            var names = Arrays.stream(type.getEnumConstants()).map(constant -> constant.toString().toLowerCase(Locale.ROOT)).toList();
            return Optional.of(new Problem(name, "must be one of " + names, value, Suggestion.forName(value, names)));
        }
        return kind(type, value).map(kind -> new Problem(name, "must be " + kind, value, ""));
    }

    /** Of lists and maps that of their values. */
    private static Class<?> type(ArgSpec argument) {
        var types = argument.auxiliaryTypes();
        return types.length == 0 ? argument.type() : types[types.length - 1];
    }

    private static Optional<String> kind(Class<?> type, String value) {
        boolean isWhole = value.matches("[+-]?\\d+");
        if (type == int.class || type == Integer.class) {
            return Optional.of(isWhole ? "a whole number of at most " + Integer.MAX_VALUE : "a whole number");
        }
        if (type == long.class || type == Long.class) {
            return Optional.of(isWhole ? "a whole number of at most " + Long.MAX_VALUE : "a whole number");
        }
        return type == double.class || type == Double.class ? Optional.of("a number") : Optional.empty();
    }
}
