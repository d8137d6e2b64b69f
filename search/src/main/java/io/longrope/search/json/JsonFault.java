package io.longrope.search.json;

import com.fasterxml.jackson.core.JsonProcessingException;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is wrong with JSON or YAML that could not be read, in words for the person who wrote it: the parser's own name its options and
 * classes.
 *
 * @param line   where, counting from 1; 0 where that is not known
 * @param found  what stands there
 * @param wayOut what to do; empty where nothing more can be said
 */
public record JsonFault(int line, String found, String wayOut) {

    private record Kind(Pattern message, String found, String wayOut) {

        static Kind of(String message, String found, String wayOut) {
            return new Kind(Pattern.compile(message, Pattern.DOTALL), found, wayOut);
        }
    }

    /** Of what a parser says, beginning with the first that matches. */
    private static final List<Kind> KINDS = List.of(
            Kind.of("Non-standard token '(-?(?:Infinity|INF))'.*", "$1",
                    "JSON has no such number: write 1e30 for a pair that does not turn"),
            Kind.of("Non-standard token '(.*?)'.*", "$1", "JSON has no such number"),
            Kind.of("Duplicate (?:field|key) '?(.*?)'?(?:\\R.*)?", "$1 twice", "keep the one that is meant"),
            Kind.of(".*maybe a \\(non-standard\\) comment.*", "a comment", "JSON has none: take it out"),
            Kind.of("Unexpected end-of-input.*", "text that ends too early", "it may be a part of a file"),
            Kind.of("Unexpected character \\('''.*", "a single quote", "JSON has double quotes only"),
            Kind.of("Unexpected character \\('([}\\]])'.*", "$1 after a comma or colon", "something must stand between"),
            Kind.of("Unexpected character \\('(.)'.*", "an unexpected $1", ""),
            Kind.of("Unrecognized token '(True|False|None)'.*", "$1", "JSON writes true, false and null"),
            Kind.of("Unrecognized token '(.*?)'.*", "the word $1", "text must be in double quotes"),
            Kind.of("Cannot map `?null`?.*", "null where a number must be", ""),
            Kind.of("Cannot deserialize value of type .*? from (\\w+) (\".*?\").*", "$2", ""),
            Kind.of("Cannot (?:deserialize|construct|coerce) .* from (\\w+) .*", "$1", ""),
            Kind.of("Missing creator property '(.*?)'.*", "without $1", ""),
            Kind.of("Unrecognized field \"(.*?)\".*", "the unknown key $1", ""));
    private static final Pattern CONTEXT = Pattern.compile("while .*| *in .*");

    public static JsonFault of(JsonProcessingException e) {
        var location = e.getLocation();
        var message = String.valueOf(e.getOriginalMessage());
        int line = location == null ? 0 : Math.max(0, location.getLineNr());
        for (var kind : KINDS) {
            var matcher = kind.message().matcher(message);
            if (matcher.matches()) {
                return new JsonFault(line, filled(kind.found(), matcher), kind.wayOut());
            }
        }
        // a parser of YAML says first what it was doing, then what it met
        var said = message.lines().filter(text -> !CONTEXT.matcher(text).matches()).findFirst().orElse("broken");
        return new JsonFault(line, said, "");
    }

    /** True when nothing stands where a value must be. */
    public static boolean isMissing(JsonProcessingException e) {
        return e.getOriginalMessage().startsWith("Missing creator property");
    }

    /** {@code :12} to follow the name of a file; empty where the line is not known. */
    public String place() {
        return line > 0 ? ":" + line : "";
    }

    private static String filled(String text, Matcher matcher) {
        var filled = text;
        for (int group = 1; group <= matcher.groupCount(); group++) {
            filled = filled.replace("$" + group, String.valueOf(matcher.group(group)));
        }
        return filled.strip();
    }
}
