package io.longrope.search.evolution.longrope;

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
 * LongRoPE's search (arXiv 2402.13753, Algorithm 1). The first population is the seeds (in the paper PI, NTK and YaRN)
 * and mutations of them; each generation is N1 mutations and N2 crossovers of the best k, which survive themselves.
 * Unlike Microsoft's release it starts from all seeds, not from YaRN alone.
 */
public final class LongRopeSearch extends Generational<Double> {

    public static final SearchAlgorithm ALGORITHM = new PopulationAlgorithm() {

        @Override
        public String name() {
            return "longrope";
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            Require.that(!seeds.isEmpty(), "search.seeds", "must be given for algorithm " + name(), "none",
                    "name methods such as pi, ntk, yarn");
            return new LongRopeSearch(space, settings, seeds);
        }
    };

    private final SearchSettings settings;
    private final List<Candidate> seeds;
    private final PaperOperators operators;

    private LongRopeSearch(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        super(space, settings, Survival.ofLowestLoss(settings.parents(), settings.finalists()), settings.generations());
        this.settings = settings;
        this.seeds = seeds;
        operators = new PaperOperators(space, settings.mutationProbability(), random());
    }

    @Override
    protected List<Point> first() {
        var roots = novelty().firstOf(seeds);
        var first = new ArrayList<>(roots);
        Supplier<Point> mutant = () -> operators.mutate(any(roots));
        first.addAll(novelty().claim(Math.max(settings.population() - first.size(), 0), mutant, mutant));
        return first;
    }

    @Override
    protected List<Point> breed(List<Point> parents) {
        Supplier<Point> mutant = () -> operators.mutate(any(parents));
        var children = new ArrayList<>(novelty().claim(settings.mutations(), mutant, mutant));
        children.addAll(novelty().claim(settings.crossovers(), () -> operators.cross(any(parents), any(parents)), mutant));
        return children;
    }
}
