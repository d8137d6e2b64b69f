package io.longrope.search.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The way out offered when a name is unknown. */
public final class Suggestion {

    private static final int FARTHEST = 2;

    private Suggestion() {
    }

    /** "did you mean 'yarn'?" when a known name is near, otherwise the list of known names. */
    public static String forName(String found, Collection<String> known) {
        return near(found, known).map(Suggestion::of).orElseGet(() -> "choose one of " + String.join(", ", known));
    }

    /** The known name that is nearest, the first of several; empty when none is near. */
    public static Optional<String> near(String found, Collection<String> known) {
        var wanted = found.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(name -> distance(wanted, name.toLowerCase(Locale.ROOT)) <= Math.min(FARTHEST, name.length() / 2))
                .min(Comparator.comparingInt(name -> distance(wanted, name.toLowerCase(Locale.ROOT))));
    }

    /** The question itself. */
    public static String of(String name) {
        return "did you mean '" + name + "'?";
    }

    /** Levenshtein: insertions, deletions and substitutions that turn one word into the other. */
    private static int distance(String from, String to) {
        var previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            var current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substitution = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
