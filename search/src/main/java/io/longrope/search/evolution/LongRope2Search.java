package io.longrope.search.evolution;

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
final class LongRope2Search implements SearchAlgorithm {

    @Override
    public String name() {
        return "longrope2";
    }

    @Override
    public double reach() {
        return 2;
    }

    @Override
    public boolean rescores() {
        return true;
    }

    @Override
    public int evaluations(SearchSettings settings) {
        return Math.min(settings.budget(), settings.planned());
    }

    @Override
    public SearchResult search(SearchSpace space, SearchSettings settings, List<Candidate> seeds, Fitness fitness, SearchListener listener)
            throws InterruptedException {
        Require.that(space.isMonotone(), "search.monotone", "must be true for algorithm " + name(), false);
        Require.that(space.upper(space.pairs() - 1) >= space.extensionRatio(), "space.upper",
                "must be at least the extension ratio, " + space.extensionRatio() + ", for algorithm " + name(), space.upper(space.pairs() - 1));
        Require.that(settings.criticalPair() < space.pairs(), "search.critical-pair", "must be below the number of pairs, " + space.pairs(),
                settings.criticalPair());
        var run = new SearchRun(space, settings, fitness, listener);
        var random = run.random();
        var operators = new CriticalOperators(space, settings, random);
        var novelty = new Novelty(space, run.archive(), random);
        var first = new ArrayList<>(novelty.distinct(seeds.stream().map(space::nearest).map(operators::shaped).toList()));
        first.addAll(novelty.claimOnly(Math.max(settings.population() - first.size(), 0), operators::first));
        return run.evolve(first, settings.parents(), parents -> {
            Supplier<Point> mutant = () -> operators.mutate(parents.get(random.nextInt(parents.size())));
            var children = new ArrayList<>(novelty.claimOnly(settings.mutations(), mutant));
            children.addAll(novelty.claimOnly(settings.crossovers(), () -> operators.cross(
                    parents.get(random.nextInt(parents.size())), parents.get(random.nextInt(parents.size()))), mutant));
            return children;
        }, settings.generations());
    }
}
