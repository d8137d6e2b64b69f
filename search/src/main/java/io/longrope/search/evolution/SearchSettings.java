package io.longrope.search.evolution;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;

import java.util.List;

/**
 * How long and how wide to search. The defaults are the paper's for up to 256k (LongRoPE Table 4).
 *
 * @param ladder steps that candidates are screened on first; a plan names them by length
 * @param seed   of the only random generator; a job draws it from its own
 */
public record SearchSettings(
        @Key(value = "P, first generation of longrope, longrope2 and nsga2.", byDefault = "64", atLeast = 1) int population,
        @Key(value = "T, generations after the first.", byDefault = "40", atLeast = 0) int generations,
        @Key(value = "N1 per generation.", byDefault = "16", atLeast = 0) int mutations,
        @Key(value = "N2 per generation.", byDefault = "16", atLeast = 0) int crossovers,
        @Key(value = "k, the best that survive and breed.", byDefault = "32", atLeast = 1) int parents,
        @Key(name = "probability", value = "p, of a factor to mutate or cross.", byDefault = "0.3", above = 0,
                atMost = 1) double mutationProbability,
        @Key(value = "Candidates adaptive and random ask for at once; part of the search: another batch gives another result.",
                byDefault = "8",
                atLeast = 1) int batch,
        @Key(value = "N: adaptive and random choose candidate k when the losses of candidates up to k - N - 1 are known, so that workers"
                + " need not wait for the slowest; part of the search: another N gives another result.", byDefault = "0",
                atLeast = 0) int askAhead,
        @Key(value = "No candidate is scored beyond these; 0 = as many as the generations come to, a tenth of the paper's with adaptive;"
                + " with nsga2 two per candidate.", byDefault = "0", atLeast = 0) int maxEvaluations,
        @Key(value = "No candidate is scored that could exceed these tokens, but for the very first; 0 = no limit.", byDefault = "0",
                form = "limit", atLeast = 0) long maxTokens,
        @Key(value = "Generations without gain until it ends; 0 = never.", byDefault = "0", atLeast = 0) int patience,
        @Key(value = "Candidates scored again on samples the search never saw, where one is chosen.", byDefault = "5",
                atLeast = 1) int finalists,
        @Key(value = "Stop measuring what cannot win any more.", byDefault = "= true with adaptive") boolean racing,
        @Key(value = "Samples after which racing decides who goes on; all samples come last.", byDefault = "[1, 2, 3, 4]",
                atLeast = 1) List<Integer> rungs,
        @Key(value = "longrope2: where its factors leave the NTK curve; 0 = found by the search.", byDefault = "0",
                atLeast = 0) int criticalPair,
        @Key(value = "Each generation on other samples of the search share, survivors scored again (longrope and longrope2).",
                byDefault = "false") boolean freshSamples,
        Ladder ladder, long seed) {

    public SearchSettings {
        KeyRule.require(SearchSettings.class, population, generations, mutations, crossovers, parents, mutationProbability, batch,
                askAhead, maxEvaluations, maxTokens, patience, finalists, racing, rungs, criticalPair, freshSamples);
        Require.atLeast(1L, maxTokens, "max-tokens");
        Require.that(generations == 0 || mutations + crossovers > 0, "search.mutations",
                "must be at least 1 where search.crossovers is 0", mutations);
        rungs = Rungs.ascending(rungs);
        // a plan's keys say nothing of it
        ladder = ladder == null ? Ladder.NONE : ladder;
        Require.that(ladder.steps().isEmpty() || !freshSamples, "search.ladder",
                "must be left out where every generation has fresh samples: its bars come from earlier ones", ladder.steps());
        Require.that(!racing || !freshSamples, "search.racing",
                "must be false where every generation has fresh samples: bounds come from earlier ones", true);
        Require.that(maxTokens == Long.MAX_VALUE || !freshSamples, "search.max-tokens",
                "must be 0 where every generation has fresh samples, all cost alike", maxTokens,
                "search.max-evaluations limits them");
        Require.that(patience == 0 || !freshSamples, "search.patience",
                "must be 0 where every generation has fresh samples: their scores cannot be compared", patience);
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

    /** The same, or with so many evaluations where it names no number. */
    public SearchSettings orEvaluations(int usual) {
        return maxEvaluations > 0 ? this : toBuilder().maxEvaluations(usual).build();
    }

    public Builder toBuilder() {
        return builder().population(population).generations(generations).mutations(mutations).crossovers(crossovers).parents(parents)
                .mutationProbability(mutationProbability).batch(batch).askAhead(askAhead)
                .maxEvaluations(maxEvaluations).maxTokens(maxTokens).patience(patience).finalists(finalists).racing(racing).rungs(rungs)
                .criticalPair(criticalPair).freshSamples(freshSamples).ladder(ladder).seed(seed);
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
        private int askAhead;
        private int maxEvaluations;
        private long maxTokens = Long.MAX_VALUE;
        private int patience;
        private int finalists = 5;
        private boolean racing;
        private List<Integer> rungs = Rungs.USUAL;
        private int criticalPair;
        private boolean freshSamples;
        private Ladder ladder = Ladder.NONE;
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

        public Builder askAhead(int askAhead) {
            this.askAhead = askAhead;
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

        public Builder ladder(Ladder ladder) {
            this.ladder = ladder;
            return this;
        }

        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        public SearchSettings build() {
            return new SearchSettings(population, generations, mutations, crossovers, parents, mutationProbability, batch,
                    askAhead, maxEvaluations, maxTokens, patience, finalists, racing, rungs, criticalPair, freshSamples, ladder, seed);
        }
    }
}
