package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * LongRoPE's search (arXiv 2402.13753, Algorithm 1). The first population is the seeds (in the paper PI, NTK and YaRN)
 * and mutations of them; each generation is N1 mutations and N2 crossovers of the best k, which survive themselves.
 * Unlike Microsoft's release it starts from all seeds, not from YaRN alone.
 */
final class LongRopeSearch implements SearchAlgorithm {

    @Override
    public String name() {
        return "longrope";
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
        Require.that(!seeds.isEmpty(), "search.seeds", "must be given for algorithm " + name(), "none", "name methods such as pi, ntk, yarn");
        var run = new SearchRun(space, settings, fitness, listener);
        var random = run.random();
        var operators = new PaperOperators(space, settings.mutationProbability(), random);
        var novelty = new Novelty(space, run.archive(), random);
        Breeder breeder = parents -> {
            var children = new ArrayList<>(novelty.claim(settings.mutations(),
                    () -> operators.mutate(any(parents, random)), () -> operators.mutate(any(parents, random))));
            children.addAll(novelty.claim(settings.crossovers(),
                    () -> operators.cross(any(parents, random), any(parents, random)), () -> operators.mutate(any(parents, random))));
            return children;
        };
        return run.evolve(firstPopulation(settings, seeds, operators, novelty, random),
                settings.parents(), breeder, settings.generations());
    }

    private static List<Point> firstPopulation(SearchSettings settings, List<Candidate> seeds, PaperOperators operators,
                                               Novelty novelty, RandomGenerator random) {
        var roots = novelty.firstOf(seeds);
        var first = new ArrayList<>(roots);
        first.addAll(novelty.claim(Math.max(settings.population() - first.size(), 0),
                () -> operators.mutate(any(roots, random)), () -> operators.mutate(any(roots, random))));
        return first;
    }

    private static Point any(List<Point> points, RandomGenerator random) {
        return points.get(random.nextInt(points.size()));
    }
}
