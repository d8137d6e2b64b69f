package io.longrope.search.evolution.internal;

import io.jenetics.Alterer;
import io.jenetics.AltererResult;
import io.jenetics.AnyChromosome;
import io.jenetics.AnyGene;
import io.jenetics.Genotype;
import io.jenetics.Optimize;
import io.jenetics.Phenotype;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An optimizer whose population lives from generation to generation, made of Jenetics' parts: a point is a genotype of one gene, so that no
 * operator can take it apart into something the space does not contain; a selector says who survives, an alterer makes their offspring.
 * A method says what the first population is and how parents breed. A generation is bred from all scores of the one before: such a method
 * cannot be asked ahead.
 *
 * @param <C> the fitness, less is better
 */
public abstract class Generational<C extends Comparable<? super C>> extends Batched {

    private final SearchSettings settings;
    private final Survival<C> survival;
    private ISeq<Phenotype<AnyGene<Point>, C>> population = ISeq.empty();

    /**
     * @param generations how many may follow the first population
     */
    protected Generational(SearchSpace space, SearchSettings settings, Survival<C> survival, long generations) {
        super(space, settings, survival.objectives(), survival.spared(), generations, survival.progress().get());
        this.settings = settings;
        this.survival = survival;
    }

    /** The first population, claimed from the archive. */
    protected abstract List<Point> first();

    /**
     * @param parents the survivors, best first, at least one
     * @return points claimed from the archive by this call; none when no untried point was found
     */
    protected abstract List<Point> breed(List<Point> parents);

    protected final Point any(List<Point> points) {
        return points.get(random().nextInt(points.size()));
    }

    /** On fresh samples survivors are measured again, before the newborn. */
    @Override
    protected final List<Point> points() {
        // Jenetics' parts draw from the registry
        return RandomRegistry.with(random(), registered -> {
            var survivors = population.isEmpty() ? population
                    : survival.selector().select(population, Math.min(population.size(), survival.survivors()), Optimize.MINIMUM);
            ISeq<Phenotype<AnyGene<Point>, C>> newborn = nextGeneration() == 0
                    ? first().stream().map(this::newborn).collect(ISeq.toISeq())
                    : ISeq.of(offspring().alter(survivors, nextGeneration()).population());
            population = survivors.append(newborn);
            var again = settings.freshSamples() && !newborn.isEmpty() ? survivors : ISeq.<Phenotype<AnyGene<Point>, C>>empty();
            return Stream.concat(again.stream(), newborn.stream()).map(Generational::decode).toList();
        });
    }

    private Alterer<AnyGene<Point>, C> offspring() {
        return (parents, ignored) -> {
            var children = breed(parents.stream().map(Generational::decode).toList());
            return new AltererResult<>(children.stream().map(this::newborn).collect(ISeq.toISeq()), children.size());
        };
    }

    /** Gives the phenotypes their fitness; what the budget did not reach is worst, and no finalist, as it was never measured. */
    @Override
    final void scored(Map<Point, Measurement> measured) {
        population = population.map(one -> one.isEvaluated() && !settings.freshSamples() ? one
                : one.withFitness(measured.containsKey(decode(one)) ? survival.fitness().apply(measured.get(decode(one)))
                : survival.worst()));
    }

    private Phenotype<AnyGene<Point>, C> newborn(Point point) {
        return Phenotype.of(Genotype.of(AnyChromosome.of(() -> point)), nextGeneration());
    }

    private static Point decode(Phenotype<AnyGene<Point>, ?> phenotype) {
        return phenotype.genotype().gene().allele();
    }
}
