package io.longrope.search.evolution;

import io.longrope.search.problem.BadInput;

import java.util.Comparator;
import java.util.List;

/** The algorithms a plan can name. */
public final class SearchAlgorithms {

    private static final List<SearchAlgorithm> ALL = List.of(new LongRopeSearch());

    private SearchAlgorithms() {
    }

    /** In order of recommendation. */
    public static List<String> names() {
        return ALL.stream().map(SearchAlgorithm::name).toList();
    }

    /**
     * @throws BadInput when there is none of that name
     */
    public static SearchAlgorithm named(String name) {
        return ALL.stream().filter(algorithm -> algorithm.name().equals(name)).findFirst().orElseThrow(() -> unknown(name));
    }

    private static BadInput unknown(String name) {
        var closest = names().stream().min(Comparator.comparingInt(known -> distance(known, String.valueOf(name)))).orElseThrow();
        return new BadInput("algorithm", "must be one of " + String.join(", ", names()), "'" + name + "'", "did you mean '" + closest + "'?");
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
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
