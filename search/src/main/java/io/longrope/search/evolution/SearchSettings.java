package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * How long and how wide to search. The defaults are the paper's for up to 256k (LongRoPE Table 4).
 *
 * @param population          P: size of the first generation of {@code longrope} and {@code longrope2}
 * @param generations         T: generations of {@code longrope} and {@code longrope2} after the first; 0 = only the first
 * @param mutations           N1 per generation
 * @param crossovers          N2 per generation
 * @param parents             k: the best k breed and survive
 * @param mutationProbability p per element
 * @param batch               candidates {@code adaptive} and {@code random} ask for at once; at least as many as workers
 *                            keeps them all busy. Part of the search: another batch gives another result.
 * @param maxEvaluations      no candidate is scored beyond these; 0 = as many as the generations come to, see {@link #budget()}, or a tenth of the paper's for {@code adaptive}
 * @param maxTokens           no candidate is scored that could exceed these, but for the very first
 * @param patience            generations without gain until the search ends; 0 = never
 * @param finalists           candidates returned at most; none that racing stopped
 * @param racing             hopeless candidates may stop before all samples are measured; needs a fitness that honours
 *                            {@link Trial#lossBounds()} and returns losses by sample
 * @param criticalPair        {@code longrope2} only: where its factors leave the NTK curve; 0 = found by the search
 * @param freshSamples        every generation is scored on samples of its own, its survivors again with it: nobody lives on
 *                            by fitting a few samples. Only where {@link SearchAlgorithm#rescores()}.
 * @param seed                of the only random generator
 */
public record SearchSettings(int population, int generations, int mutations, int crossovers, int parents, double mutationProbability,
                             int batch, int maxEvaluations, long maxTokens, int patience, int finalists, boolean racing, List<Integer> rungs, int criticalPair,
                             boolean freshSamples, long seed) {

    public SearchSettings {
        Require.atLeast(1, population, "search.population");
        Require.atLeast(0, generations, "search.generations");
        Require.atLeast(0, mutations, "search.mutations");
        Require.atLeast(0, crossovers, "search.crossovers");
        Require.that(generations == 0 || mutations + crossovers > 0, "search.mutations",
                "must be at least 1 where search.crossovers is 0", mutations);
        Require.atLeast(1, parents, "search.parents");
        Require.probability(mutationProbability, "search.probability");
        Require.atLeast(1, batch, "search.batch");
        Require.atLeast(0, maxEvaluations, "search.max-evaluations");
        Require.atLeast(1L, maxTokens, "search.max-tokens");
        Require.atLeast(0, patience, "search.patience");
        Require.atLeast(1, finalists, "search.finalists");
        rungs = Rungs.ascending(rungs);
        Require.atLeast(0, criticalPair, "search.critical-pair");
        Require.that(!racing || !freshSamples, "search.racing", "must be false where every generation has fresh samples: bounds come from earlier ones", true);
        Require.that(maxTokens == Long.MAX_VALUE || !freshSamples, "search.max-tokens", "must be 0 where every generation has fresh samples, all cost alike", maxTokens,
                "search.max-evaluations limits them");
        Require.that(patience == 0 || !freshSamples, "search.patience", "must be 0 where every generation has fresh samples: their scores cannot be compared", patience);
    }

    /** P = 64, T = 40, N1 = N2 = 16, k = 32, p = 0.3: 1,344 evaluations. */
    public static Builder builder() {
        return new Builder();
    }

    /** Evaluations of the first population and all generations after it, those of survivors on fresh samples included. */
    public int planned() {
        long again = freshSamples ? parents : 0;
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, population + (long) generations * (mutations + crossovers + again)));
    }

    /** No candidate is scored beyond these. */
    public int budget() {
        return maxEvaluations == 0 ? planned() : maxEvaluations;
    }

    public Builder toBuilder() {
        return builder().population(population).generations(generations).mutations(mutations).crossovers(crossovers).parents(parents)
                .mutationProbability(mutationProbability).batch(batch).maxEvaluations(maxEvaluations).maxTokens(maxTokens)
                .patience(patience).finalists(finalists).racing(racing).rungs(rungs).criticalPair(criticalPair).freshSamples(freshSamples).seed(seed);
    }

    /** Every setting has a default. */
    public static final class Builder {

        private int population = 64;
        private int generations = 40;
        private int mutations = 16;
        private int crossovers = 16;
        private int parents = 32;
        private double mutationProbability = 0.3;
        private int batch = 8;
        private int maxEvaluations;
        private long maxTokens = Long.MAX_VALUE;
        private int patience;
        private int finalists = 5;
        private boolean racing;
        private List<Integer> rungs = Rungs.USUAL;
        private int criticalPair;
        private boolean freshSamples;
        private long seed = 42;

        private Builder() {
        }

        public Builder population(int population) {
            this.population = population;
            return this;
        }

        public Builder generations(int generations) {
            this.generations = generations;
            return this;
        }

        public Builder mutations(int mutations) {
            this.mutations = mutations;
            return this;
        }

        public Builder crossovers(int crossovers) {
            this.crossovers = crossovers;
            return this;
        }

        public Builder parents(int parents) {
            this.parents = parents;
            return this;
        }

        public Builder mutationProbability(double mutationProbability) {
            this.mutationProbability = mutationProbability;
            return this;
        }

        public Builder batch(int batch) {
            this.batch = batch;
            return this;
        }

        /** 0, as without it: P + T (N1 + N2). */
        public Builder maxEvaluations(int maxEvaluations) {
            this.maxEvaluations = maxEvaluations;
            return this;
        }

        public Builder maxTokens(long maxTokens) {
            this.maxTokens = maxTokens;
            return this;
        }

        public Builder patience(int patience) {
            this.patience = patience;
            return this;
        }

        public Builder finalists(int finalists) {
            this.finalists = finalists;
            return this;
        }

        public Builder racing(boolean racing) {
            this.racing = racing;
            return this;
        }

        public Builder rungs(List<Integer> rungs) {
            this.rungs = rungs;
            return this;
        }

        public Builder criticalPair(int criticalPair) {
            this.criticalPair = criticalPair;
            return this;
        }

        public Builder freshSamples(boolean freshSamples) {
            this.freshSamples = freshSamples;
            return this;
        }

        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        public SearchSettings build() {
            return new SearchSettings(population, generations, mutations, crossovers, parents, mutationProbability, batch,
                    maxEvaluations, maxTokens, patience, finalists, racing, rungs, criticalPair, freshSamples, seed);
        }
    }
}
