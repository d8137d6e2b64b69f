package io.longrope.search.evolution;

import io.jenetics.AnyChromosome;
import io.jenetics.AnyGene;
import io.jenetics.Genotype;
import io.jenetics.Phenotype;
import io.jenetics.engine.Codec;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * A point as a genotype: one gene holding the whole point. So no operator can take a point apart into something the
 * space does not contain.
 */
final class Points {

    private Points() {
    }

    static Codec<Point, AnyGene<Point>> codec(SearchSpace space, RandomGenerator random) {
        return Codec.of(() -> encode(space.uniform(random)), genotype -> genotype.gene().allele());
    }

    static Genotype<AnyGene<Point>> encode(Point point) {
        return Genotype.of(AnyChromosome.of(() -> point));
    }

    static Point decode(Phenotype<AnyGene<Point>, ?> phenotype) {
        return phenotype.genotype().gene().allele();
    }

    static <C extends Comparable<? super C>> Phenotype<AnyGene<Point>, C> newborn(Point point, long generation) {
        return Phenotype.of(encode(point), generation);
    }
}
