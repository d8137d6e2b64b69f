package io.longrope.search.evolution;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Suggestion;

import java.util.List;

/** The algorithms a plan can name. */
public final class SearchAlgorithms {

    private static final List<SearchAlgorithm> ALL = List.of(new AdaptiveSearch(), new LongRopeSearch(), new LongRope2Search(),
            new RandomSearch());

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
        return new BadInput("search.algorithm", "must be a known search algorithm", name, Suggestion.forName(String.valueOf(name), names()));
    }
}
