package io.longrope.search.job;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What somebody probably meant. */
public final class Nearest {

    private Nearest() {
    }

    /** The candidate with the fewest single-letter edits to the word, if they are at most a third of its letters (and 1 is always near). */
    public static Optional<String> to(String word, Collection<String> candidates) {
        int near = Math.max(1, (word.length() + 2) / 3);
        return candidates.stream()
                .filter(candidate -> edits(word, candidate) <= near)
                .min(Comparator.comparingInt((String candidate) -> edits(word, candidate)).thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein distance. */
    static int edits(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
