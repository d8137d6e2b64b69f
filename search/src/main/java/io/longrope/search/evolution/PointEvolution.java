package io.longrope.search.evolution;

import io.jenetics.Alterer;
import io.jenetics.AltererResult;
import io.jenetics.AnyGene;
import io.jenetics.Optimize;
import io.jenetics.Selector;
import io.jenetics.engine.Engine;
import io.jenetics.engine.Evaluator;
import io.jenetics.engine.EvolutionResult;
import io.jenetics.engine.EvolutionStart;
import io.jenetics.engine.EvolutionStream;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The Jenetics engine as every search runs it: survivors breed and live on, whole generations are scored at once, and everything but
 * the fitness runs on the calling thread with one seeded generator, so a run can be repeated.
 */
final class PointEvolution {

    private final SearchSpace space;
    private final RandomGenerator random;

    PointEvolution(SearchSpace space, long seed) {
        this.space = space;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** The only generator. */
    RandomGenerator random() {
        return random;
    }

    /**
     * @param <C>       the fitness, less is better
     * @param evaluator scores a generation
     * @param selector  who survives and breeds, whatever count it is asked for
     * @param survivors how many those are at most, at least 1
     * @param first     the first population
     * @param breeder   makes each later generation
     * @param proceed   asked after each generation
     */
    <C extends Comparable<? super C>> void run(Evaluator<AnyGene<Point>, C> evaluator, Selector<AnyGene<Point>, C> selector, int survivors,
                                               List<Point> first, Breeder breeder, Predicate<? super EvolutionResult<AnyGene<Point>, C>> proceed)
            throws InterruptedException {
        var engine = new Engine.Builder<>(evaluator, Points.codec(space, random).encoding())
                .optimize(Optimize.MINIMUM)
                .selector(selector)
                // room for offspring; how many there are is the breeder's affair
                .populationSize(survivors + 1)
                .survivorsSize(survivors)
                .alterers(offspring(breeder))
                .maximalPhenotypeAge(Long.MAX_VALUE)
                .executor(Runnable::run)
                .build();
        try {
            RandomRegistry.using(random, scope -> {
                var start = EvolutionStart.of(first.stream().map(point -> Points.<C>newborn(point, 1)).collect(ISeq.toISeq()), 1);
                EvolutionStream.ofEvolution(() -> start, engine).limit(proceed).forEach(generation -> { });
            });
        } catch (GenerationEvaluator.Interrupted e) {
            throw (InterruptedException) e.getCause();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static <C extends Comparable<? super C>> Alterer<AnyGene<Point>, C> offspring(Breeder breeder) {
        return (parents, generation) -> {
            var children = breeder.breed(parents.stream().map(Points::decode).toList());
            return new AltererResult<>(children.stream().map(child -> Points.<C>newborn(child, generation)).collect(ISeq.toISeq()), children.size());
        };
    }
}
