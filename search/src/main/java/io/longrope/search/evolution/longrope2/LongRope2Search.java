package io.longrope.search.evolution.longrope2;

import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.SearchAlgorithm;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.internal.Generational;
import io.longrope.search.evolution.internal.PopulationAlgorithm;
import io.longrope.search.evolution.internal.Survival;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * LongRoPE2's search (arXiv 2502.20082, Algorithms 1 and 2): only pairs from the critical one on are searched, in [s, 2 s]
 * and monotone; those before follow from it as in NTK. Sizes and survival are as in {@code longrope}. The first population
 * spreads the critical pair over where it may be; each seed enters at its nearest table of that shape. The paper names
 * needle perplexity as its fitness.
 */
public final class LongRope2Search extends Generational<Double> {

    public static final SearchAlgorithm ALGORITHM = new PopulationAlgorithm() {

        @Override
        public String name() {
            return "longrope2";
        }

        @Override
        public double reach() {
            return 2;
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            Require.that(space.isMonotone(), "search.monotone", "must be true for algorithm " + name(), false);
            Require.that(space.stoppable() == 0, "search.may-stop", "must be 0 for algorithm " + name(), space.stoppable());
            Require.that(space.groups().count() == space.pairs(), "search.groups", "must be 0 for algorithm " + name(),
                    space.groups().count());
            Require.that(space.upper(space.pairs() - 1) >= space.extensionRatio(), "space.upper",
                    "must be at least the extension ratio, " + space.extensionRatio() + ", for algorithm " + name(),
                    space.upper(space.pairs() - 1));
            Require.that(settings.criticalPair() < space.pairs(), "search.critical-pair",
                    "must be below the number of pairs, " + space.pairs(), settings.criticalPair());
            return new LongRope2Search(space, settings, seeds);
        }
    };

    private final SearchSettings settings;
    private final List<Candidate> seeds;
    private final CriticalOperators operators;

    private LongRope2Search(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        super(space, settings, Survival.ofLowestLoss(settings.parents(), settings.finalists()), settings.generations());
        this.settings = settings;
        this.seeds = seeds;
        operators = new CriticalOperators(space, settings, random());
    }

    @Override
    protected List<Point> first() {
        var first = new ArrayList<>(novelty().distinct(seeds.stream().map(space()::nearest).map(operators::shaped).toList()));
        first.addAll(novelty().claimOnly(Math.max(settings.population() - first.size(), 0), operators::first));
        return first;
    }

    @Override
    protected List<Point> breed(List<Point> parents) {
        Supplier<Point> mutant = () -> operators.mutate(any(parents));
        var children = new ArrayList<>(novelty().claimOnly(settings.mutations(), mutant));
        children.addAll(novelty().claimOnly(settings.crossovers(), () -> operators.cross(any(parents), any(parents)), mutant));
        return children;
    }
}
