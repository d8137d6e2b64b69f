package io.longrope.search.problem;

import java.util.Objects;

/**
 * One thing that is wrong with an input, in the project's single wording:
 * <pre>{@code stages[2].length must be a multiple of 256, but was 1000; choose 768 or 1024}</pre>
 *
 * @param name   what is wrong: a dotted key, a file, an option
 * @param rule   what holds for it, starting with a verb ("must be …")
 * @param found  what was found instead
 * @param wayOut what to do about it; empty when the rule already says it
 */
public record Problem(String name, String rule, String found, String wayOut) {

    private static final int LONGEST_PART = 1000;

    public Problem {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(found, "found");
        Objects.requireNonNull(wayOut, "wayOut");
    }

    /** One line of reasonable length, whatever a hostile file put into its parts. */
    @Override
    public String toString() {
        var line = brief(name) + " " + brief(rule) + ", but was " + brief(found);
        return wayOut.isEmpty() ? line : line + "; " + brief(wayOut);
    }

    private static String brief(String part) {
        var shown = part.length() <= LONGEST_PART ? part
                : part.substring(0, LONGEST_PART) + "… (" + part.length() + " characters)";
        return shown.replaceAll("\\s*[\\p{Cntrl}\u2028\u2029]+\\s*", " ");
    }
}
