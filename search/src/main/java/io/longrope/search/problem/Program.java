package io.longrope.search.problem;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What this program was started as, so that the commands it proposes can be pasted. */
public final class Program {

    /** Set by the launcher to the name that it was called by. */
    public static final String PROPERTY = "longrope.command";

    private static final String USUAL_NAME = "longrope";
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

    private Program() {
    }

    /** Such as {@code ./longrope}. */
    public static String name() {
        return quoted(System.getProperty(PROPERTY, USUAL_NAME));
    }

    /** A command to paste into a shell: the program's name and the words after it, each quoted where a shell would read it otherwise. */
    public static String command(List<String> words) {
        return name() + words.stream().map(word -> " " + quoted(word)).collect(Collectors.joining());
    }

    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
