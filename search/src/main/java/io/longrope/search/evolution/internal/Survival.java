package io.longrope.search.evolution.internal;

import io.jenetics.AnyGene;
import io.jenetics.Selector;
import io.jenetics.TruncationSelector;
import io.jenetics.ext.moea.NSGA2Selector;
import io.jenetics.ext.moea.Vec;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.space.Point;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Who lives on, and by what.
 *
 * @param <C>        the fitness, less is better
 * @param fitness    of a measurement
 * @param worst      of a point the budget did not reach
 * @param selector   who survives and breeds
 * @param survivors  how many those are at most, at least 1
 * @param spared     racing spares who could still be among so many best
 * @param objectives losses of each candidate
 * @param progress   makes what judges a search's generations one after the other: whether each brought a gain
 */
public record Survival<C extends Comparable<? super C>>(Function<Measurement, C> fitness, C worst, Selector<AnyGene<Point>, C> selector,
        int survivors,
                                                        int spared, int objectives, Supplier<Predicate<List<Measurement>>> progress) {

    /** Survivors and possible finalists are spared by racing. */
    public static Survival<Double> ofLowestLoss(int survivors, int finalists) {
        return ofLowestLossSparing(survivors, Math.max(survivors, finalists));
    }

    public static Survival<Double> ofLowestLossSparing(int survivors, int spared) {
        return new Survival<>(Measurement::loss, Double.POSITIVE_INFINITY, new TruncationSelector<>(), survivors, spared, 1,
                LowestLoss::new);
    }

    /** By rank of the front, then crowding. */
    public static Survival<Vec<double[]>> ofFront(int survivors) {
        return new Survival<>(one -> ParetoFront.fitness(one.losses()), ParetoFront.worst(), NSGA2Selector.ofVec(), survivors, 1, 2,
                GrowingFront::new);
    }

    /** Whether a generation has a lower loss than all that were tested before. */
    static Predicate<List<Measurement>> lowestLoss() {
        return new LowestLoss();
    }

    private static final class LowestLoss implements Predicate<List<Measurement>> {

        private double lowest = Double.POSITIVE_INFINITY;

        @Override
        public boolean test(List<Measurement> generation) {
            double before = lowest;
            generation.forEach(one -> lowest = Math.min(lowest, one.loss()));
            return lowest < before;
        }
    }

    private static final class GrowingFront implements Predicate<List<Measurement>> {

        private List<Measurement> members = List.of();

        @Override
        public boolean test(List<Measurement> generation) {
            var all = new ArrayList<>(members);
            all.addAll(generation);
            var before = members;
            members = ParetoFront.of(all, Measurement::losses).members();
            return !members.equals(before);
        }
    }
}
