package io.longrope.search.evolution;

import io.jenetics.Alterer;
import io.jenetics.AltererResult;
import io.jenetics.AnyGene;
import io.jenetics.Optimize;
import io.jenetics.Phenotype;
import io.jenetics.Selector;
import io.jenetics.engine.Engine;
import io.jenetics.engine.EvolutionStart;
import io.jenetics.engine.EvolutionStream;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * One search on the Jenetics engine: the best survive and breed, a {@link Breeder} makes their offspring, stop rules end
 * it. Everything but the fitness runs on the calling thread with one seeded generator, so a run can be repeated.
 */
final class SearchRun {

    /** Jenetics' own. */
    private static final int DEFAULT_POPULATION = 50;

    private final SearchSpace space;
    private final SearchSettings settings;
    private final Archive archive = new Archive();
    private final RandomGenerator random;
    private final Fitness fitness;
    private final SearchListener listener;

    SearchRun(SearchSpace space, SearchSettings settings, Fitness fitness, SearchListener listener) {
        this.space = space;
        this.settings = settings;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed());
        this.fitness = fitness;
        this.listener = listener;
    }

    RandomGenerator random() {
        return random;
    }

    Archive archive() {
        return archive;
    }

    /**
     * @param first       the first population, claimed from the archive
     * @param survivors   how many of the best survive and breed, at least 1
     * @param breeder     makes each later generation
     * @param generations how many may follow the first population
     */
    SearchResult evolve(List<Point> first, int survivors, Breeder breeder, long generations) throws InterruptedException {
        var stop = new StopRules(settings, archive, generations);
        var evaluator = new GenerationEvaluator(space, settings, fitness, listener, archive, Math.max(survivors, settings.finalists()));
        try {
            RandomRegistry.using(random, scope -> {
                var start = EvolutionStart.<AnyGene<Point>, Double>of(
                        first.stream().map(point -> Points.newborn(point, 1)).collect(ISeq.toISeq()), 1);
                EvolutionStream.ofEvolution(() -> start, engine(evaluator, survivors, generations == 0 ? parents -> List.of() : breeder)).limit(stop).forEach(generation -> { });
            });
        } catch (GenerationEvaluator.Interrupted e) {
            throw (InterruptedException) e.getCause();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
        return result(stop.end(), evaluator.generation());
    }

    private Engine<AnyGene<Point>, Double> engine(GenerationEvaluator evaluator, int survivors, Breeder breeder) {
        return new Engine.Builder<>(evaluator, Points.codec(space, random).encoding())
                .optimize(Optimize.MINIMUM)
                .selector(best(survivors))
                // the engine wants room for offspring; how many there are is the breeder's affair
                .populationSize(Math.max(DEFAULT_POPULATION, survivors + 1))
                .survivorsSize(survivors)
                .alterers(offspring(breeder))
                .maximalPhenotypeAge(Long.MAX_VALUE)
                .executor(Runnable::run)
                .build();
    }

    /** The best of the population, each once; of equals the one that came first. */
    private static Selector<AnyGene<Point>, Double> best(int count) {
        return (population, ignoredCount, ignoredOptimize) -> population.stream()
                .sorted(Comparator.comparingDouble(Phenotype::fitness)).limit(count).collect(ISeq.toISeq());
    }

    private static Alterer<AnyGene<Point>, Double> offspring(Breeder breeder) {
        return (parents, generation) -> {
            var children = breeder.breed(parents.stream().map(Points::decode).toList());
            return new AltererResult<>(children.stream().map(child -> Points.newborn(child, generation)).collect(ISeq.toISeq()), children.size());
        };
    }

    private SearchResult result(SearchResult.End end, int generations) {
        var finalists = archive.ranked().stream().limit(settings.finalists())
                .map(entry -> new SearchResult.Finalist(space.candidate(entry.point()), entry.loss())).toList();
        return new SearchResult(finalists, archive.evaluations(), archive.stopped(), archive.tokens(), generations, end);
    }
}
