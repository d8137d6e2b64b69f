package io.longrope.search.evolution;

import io.jenetics.AnyGene;
import io.jenetics.Phenotype;
import io.jenetics.Selector;
import io.jenetics.util.ISeq;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One search for the lowest loss: the best survive and breed, a {@link Breeder} makes their offspring, stop rules end it.
 */
final class SearchRun {

    private final SearchSpace space;
    private final SearchSettings settings;
    private final Archive archive = new Archive();
    private final PointEvolution evolution;
    private final Fitness fitness;
    private final SearchListener listener;

    SearchRun(SearchSpace space, SearchSettings settings, Fitness fitness, SearchListener listener) {
        this.space = space;
        this.settings = settings;
        evolution = new PointEvolution(space, settings.seed());
        this.fitness = fitness;
        this.listener = listener;
    }

    RandomGenerator random() {
        return evolution.random();
    }

    Archive archive() {
        return archive;
    }

    /**
     * Racing spares who could still survive or be a finalist.
     *
     * @param first       the first population, claimed from the archive
     * @param survivors   how many of the best survive and breed, at least 1
     * @param breeder     makes each later generation
     * @param generations how many may follow the first population
     */
    SearchResult evolve(List<Point> first, int survivors, Breeder breeder, long generations) throws InterruptedException {
        return evolve(first, survivors, Math.max(survivors, settings.finalists()), breeder, generations);
    }

    /**
     * @param spared racing spares who could still be among so many best, at least 2
     */
    SearchResult evolve(List<Point> first, int survivors, int spared, Breeder breeder, long generations) throws InterruptedException {
        var stop = new StopRules(settings, archive, generations);
        var evaluator = new GenerationEvaluator(space, settings, fitness, listener, archive, spared);
        evolution.run(evaluator, best(survivors), survivors, first, generations == 0 ? parents -> List.of() : breeder, stop);
        return result(stop.end(), evaluator.generation());
    }

    /** The best of the population, each once; of equals the one that came first. */
    private static Selector<AnyGene<Point>, Double> best(int count) {
        return (population, ignoredCount, ignoredOptimize) -> population.stream()
                .sorted(Comparator.comparingDouble(Phenotype::fitness)).limit(count).collect(ISeq.toISeq());
    }

    private SearchResult result(SearchResult.End end, int generations) {
        var finalists = archive.ranked().stream().filter(entry -> !entry.isStopped()).limit(settings.finalists())
                .map(entry -> new SearchResult.Finalist(space.candidate(entry.point()), entry.loss())).toList();
        return new SearchResult(finalists, archive.evaluations(), archive.stopped(), archive.tokens(), generations, end);
    }
}
