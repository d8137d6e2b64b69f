package io.longrope.search.job;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.AttentionTemperature;

import java.util.List;

/**
 * How one search goes. Defaults are LongRoPE's up to 256k (paper §3.2, table 4).
 *
 * @param algorithm      the search algorithm's name
 * @param population     P, individuals of the first generation
 * @param generations    T, generations after the first
 * @param mutations      N1, mutants per generation
 * @param crossovers     N2, crossovers per generation
 * @param parents        k, the best kept from generation to generation
 * @param probability    p, of a factor to mutate or cross
 * @param grid           step of λ
 * @param monotone       λ_i ≤ λ_{i+1} is kept
 * @param startTokens    the values n̂ is chosen from
 * @param attention      how the attention factor follows from the extension ratio; it is not searched, as in LongRoPE's released code
 * @param finalists      how many of the best are scored again on the selection share
 * @param maxEvaluations the search ends when it has asked for so many; 0 = no limit
 * @param patience       the search ends after so many generations without a better score; 0 = never for that
 * @param samples        samples of the search share each candidate is scored on
 * @param racing         a candidate that cannot win any more is stopped before all its samples are measured
 * @param batch          candidates {@code adaptive} and {@code random} ask for at once; part of the search, whatever the
 *                       number of workers
 * @param criticalPair   {@code longrope2}: the pair where its factors leave the NTK curve; 0 = found by the search
 * @param maxTokens      no candidate is scored that could exceed these tokens, but for the very first; 0 = no limit
 */
public record SearchPlan(String algorithm, int population, int generations, int mutations, int crossovers, int parents,
                         double probability, double grid, boolean monotone, List<Integer> startTokens,
                         AttentionTemperature attention, int finalists, int maxEvaluations, int patience, int samples,
                         boolean racing, int batch, int criticalPair, long maxTokens) {

    /** The n̂ set of the paper's table 4. */
    public static final List<Integer> START_TOKENS = List.of(0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256);

    public SearchPlan {
        Require.notBlank(algorithm, "search.algorithm");
        Require.atLeast(1, population, "search.population");
        Require.atLeast(0, generations, "search.generations");
        Require.atLeast(0, mutations, "search.mutations");
        Require.atLeast(0, crossovers, "search.crossovers");
        Require.that(generations == 0 || mutations + crossovers > 0, "search.mutations",
                "must be above 0 where search.crossovers is 0", mutations);
        Require.atLeast(1, parents, "search.parents");
        Require.probability(probability, "search.probability");
        Require.positive(grid, "search.grid");
        startTokens = List.copyOf(Require.present(startTokens, "search.start-tokens"));
        Require.that(!startTokens.isEmpty(), "search.start-tokens", "must not be empty", startTokens);
        startTokens.forEach(startToken -> Require.atLeast(0, startToken, "search.start-tokens"));
        Require.present(attention, "search.attention");
        Require.atLeast(1, finalists, "search.finalists");
        Require.atLeast(0, maxEvaluations, "search.max-evaluations");
        Require.atLeast(0, patience, "search.patience");
        Require.atLeast(1, samples, "search.samples");
        Require.atLeast(1, batch, "search.batch");
        Require.atLeast(0, criticalPair, "search.critical-pair");
        Require.atLeast(0L, maxTokens, "search.max-tokens");
    }

    /** Evaluations the search asks for at most: the first generation, then mutants and crossovers of each. */
    public int evaluations() {
        long all = population + (long) generations * (mutations + crossovers);
        return (int) Math.min(maxEvaluations == 0 ? Integer.MAX_VALUE : maxEvaluations, all);
    }
}
