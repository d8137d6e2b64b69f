package io.longrope.progressive.bench;

import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.Require;

import java.util.Arrays;
import java.util.Map;

/**
 * An algorithm of a benchmark, where it searches and what it may spend.
 *
 * @param algorithm      the search algorithm's name
 * @param racing         hopeless candidates stop before all samples are measured
 * @param space          what it may try
 * @param maxEvaluations of all samples, at least 1. With racing their tokens are what may be spent: on more candidates than these, as
 *                       each that stops early leaves tokens for others.
 */
public record Entrant(String algorithm, boolean racing, SpaceOptions space, int maxEvaluations) {

    /** The algorithm all others are measured against. */
    public static final String REFERENCE = "longrope";

    private static final String RACING = "racing";
    /** Evaluations of the paper's search. */
    public static final int PAPER_BUDGET = SearchSettings.builder().build().budget();
    private static final Map<String, Integer> BUDGETS = Map.of("adaptive", 134);

    public Entrant {
        SearchAlgorithms.namedOfOneObjective(algorithm);
        Require.atLeast(1, maxEvaluations, "--max-evaluations");
    }

    /**
     * @param name    of the algorithm, then, each after a plus sign, racing where it may race and what {@link SpaceOptions} knows
     * @param budgets evaluations by name as given; where they say nothing, a tenth of the paper's for {@code adaptive}, the
     *                paper's 1,344 for the others
     */
    public static Entrant of(String name, Map<String, Integer> budgets) {
        var parts = name.split("\\+", -1);
        boolean racing = false;
        var space = SpaceOptions.PAPERS;
        for (var option : Arrays.asList(parts).subList(1, parts.length)) {
            racing |= option.equals(RACING);
            space = option.equals(RACING) ? space : space.with(option);
        }
        var fallback = budgets.getOrDefault(parts[0], BUDGETS.getOrDefault(parts[0], PAPER_BUDGET));
        return new Entrant(parts[0], racing, space, budgets.getOrDefault(name, fallback));
    }

    /** As {@link #of} reads it. */
    public String name() {
        return algorithm + (racing ? "+" + RACING : "") + space.suffix();
    }

    /** The largest λ it may try, as a multiple of the extension ratio. */
    double reach() {
        return SearchAlgorithms.namedOfOneObjective(algorithm).reach();
    }

    /** Candidates scored at most: with racing each takes one of the samples at least. */
    int maxCandidates(int samples) {
        return racing ? Math.multiplyExact(maxEvaluations, samples) : maxEvaluations;
    }

    /**
     * @param samples a search scores candidates on
     * @param length  of each in tokens
     */
    SearchSettings settings(long seed, int samples, int length) {
        var settings = SearchSettings.builder().maxEvaluations(maxCandidates(samples)).racing(racing).seed(seed);
        // where candidates do not cost alike tokens are what is equal between algorithms
        return racing || SearchAlgorithms.namedOfOneObjective(algorithm).asksForSlopes()
                ? settings.maxTokens((long) maxEvaluations * samples * length).build() : settings.build();
    }
}
