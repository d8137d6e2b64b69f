package io.longrope.search.job;

import io.longrope.search.work.Objective;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpaceBuilder;

import java.util.List;
import java.util.Optional;

/**
 * How one search goes.
 *
 * @param algorithm      the search algorithm's name
 * @param objective      what candidates are compared by, in the search and in the choice among its finalists
 * @param settings       how long and how wide; the seed is the job's affair
 * @param space          what may be tried
 * @param samples        samples of the search share each candidate is scored on
 * @param shortLength    the second length each candidate is scored at, for one table that serves both; 0 = none
 * @param shortTolerance how much worse than the best, as a share, the table picked may be at the short length
 * @param start          tables the search starts from besides the known methods
 */
public record SearchPlan(String algorithm, Objective objective, SearchSettings settings, SpacePlan space, int samples, int shortLength,
                         double shortTolerance, Optional<StartPlan> start) {

    private static final String DEFAULT = "adaptive";
    private static final String LONGROPE2 = "longrope2";

    public SearchPlan {
        Require.notBlank(algorithm, "search.algorithm");
        Require.present(objective, "search.objective");
        Require.present(settings, "search");
        Require.present(space, "search");
        Require.atLeast(1, samples, "search.samples");
        Require.atLeast(0, shortLength, "search.short-length");
        Require.that(shortTolerance >= 0 && Double.isFinite(shortTolerance), "search.short-tolerance", "must be at least 0", shortTolerance);
        Require.present(start, "search.start");
    }

    /** The algorithm that needs fewest evaluations; what others are told of generations is LongRoPE's up to 256k (paper §3.2, table 4). */
    static SearchPlan defaults(int samples) {
        var space = new SpacePlan(0.01, true, SpacePlan.PAPER_START_TOKENS, AttentionPlan.of(AttentionTemperature.longrope()), 0, 1, 0, List.of());
        return new SearchPlan(DEFAULT, usualObjective(DEFAULT), SearchSettings.builder().racing(SearchAlgorithms.named(DEFAULT).racesByDefault()).seed(0).build(), space, samples, 0, 0.02, Optional.empty());
    }

    /** The algorithms a plan can name. */
    static List<String> algorithms() {
        return SearchAlgorithms.names();
    }

    /** Needles are LongRoPE2's fitness (its §3.2); every other algorithm's is perplexity. */
    static Objective usualObjective(String algorithm) {
        return algorithm.equals(LONGROPE2) ? Objective.NEEDLE : Objective.PERPLEXITY;
    }

    /** Every candidate is scored at two lengths, and the search keeps the front between them. */
    public boolean isPareto() {
        return SearchAlgorithms.named(algorithm).objectives() > 1;
    }

    /** Evaluations the search asks for at most. */
    public int evaluations() {
        return SearchAlgorithms.named(algorithm).evaluations(settings);
    }

    /** What may be tried for an extension ratio, up to as many times it as the algorithm wants where the plan sets no other end. */
    public SearchSpaceBuilder space(RopeGeometry geometry, double extensionRatio) {
        return space.builder(geometry, extensionRatio, SearchAlgorithms.named(algorithm).reach());
    }

    /** What must hold between the parts once a stage has had its say. */
    SearchPlan checked() {
        if (isPareto()) {
            Require.that(shortLength > 0, "search.short-length", "must be given for algorithm " + algorithm, "missing");
            Require.that(objective == Objective.PERPLEXITY, "search.objective", "must be perplexity for algorithm " + algorithm, PlanWriter.key(objective));
        } else {
            Require.that(shortLength == 0, "search.algorithm", "must be nsga2 where search.short-length is given", algorithm);
        }
        SearchAlgorithms.named(algorithm).check(settings);
        Require.that(space.monotone() || !algorithm.equals(LONGROPE2), "search.monotone", "must be true for algorithm " + LONGROPE2, false);
        return this;
    }
}
