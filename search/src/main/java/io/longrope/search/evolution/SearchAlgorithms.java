package io.longrope.search.evolution;

import io.longrope.search.evolution.adaptive.AdaptiveSearch;
import io.longrope.search.evolution.cmaes.CmaEsSearch;
import io.longrope.search.evolution.gradient.GradientSearch;
import io.longrope.search.evolution.longrope.LongRopeSearch;
import io.longrope.search.evolution.longrope2.LongRope2Search;
import io.longrope.search.evolution.nsga2.Nsga2Search;
import io.longrope.search.evolution.perlayer.LayerSearch;
import io.longrope.search.evolution.turbo.TurboSearch;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Suggestion;

import java.util.List;

/** The algorithms a plan can name. */
public final class SearchAlgorithms {

    private static final List<SearchAlgorithm> ALL = List.of(AdaptiveSearch.ALGORITHM, LongRopeSearch.ALGORITHM, LongRope2Search.ALGORITHM,
            RandomSearch.ALGORITHM, CmaEsSearch.ALGORITHM, TurboSearch.ALGORITHM, GradientSearch.ALGORITHM,
            LayerSearch.ALGORITHM, Nsga2Search.ALGORITHM);

    private SearchAlgorithms() {
    }

    /** In order of recommendation. */
    public static List<String> names() {
        return ALL.stream().map(SearchAlgorithm::name).toList();
    }

    /** Those that look for the lowest loss at one length. */
    public static List<String> namesOfOneObjective() {
        return ALL.stream().filter(algorithm -> algorithm.objectives() == 1).map(SearchAlgorithm::name).toList();
    }

    /**
     * @throws BadInput when there is none of that name
     */
    public static SearchAlgorithm named(String name) {
        return ALL.stream().filter(algorithm -> algorithm.name().equals(name)).findFirst().orElseThrow(() -> unknown(name, names()));
    }

    /**
     * @throws BadInput when there is none of that name that looks for the lowest loss at one length
     */
    public static SearchAlgorithm namedOfOneObjective(String name) {
        return namesOfOneObjective().stream().filter(name::equals).findFirst().map(SearchAlgorithms::named)
                .orElseThrow(() -> unknown(name, namesOfOneObjective()));
    }

    private static BadInput unknown(String name, List<String> known) {
        return new BadInput("search.algorithm", "must be a known search algorithm", name, Suggestion.forName(String.valueOf(name), known));
    }
}
